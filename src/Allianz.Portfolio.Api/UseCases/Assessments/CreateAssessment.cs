using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Assessments;

internal static class CreateAssessment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/assessments",
                (string project, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewAssessment>()), ct),
                        async (view, key) => await mediator.Send(new GetAssessment.Query(view, project, key), ct)
                    )
            )
            .Creates<NewAssessment, AssessmentState>("Assess a project")
            .For(Right.Create(Resource.Assessment));

    // Whoever may see it: a project has one open assessment.
    private static readonly Statement _current = new(from =>
        $"SELECT a.* FROM {from.Projects("p")} JOIN {from.Latest("Assessment", "a", of: "p")} WHERE p.Id = @project"
    );

    public sealed record Command(Caller Caller, string Project, NewAssessment Assessment) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, assessment) = request;
            assessment.Validate(assessment.Rules(ledger.Today(caller)));
            return await ledger.WriteAsync(
                caller,
                "createAssessment",
                async state =>
                {
                    var project = await state.ProjectAsync(caller, projectKey, cancellationToken);
                    await References.RequireExistsAsync<ReportingCycle>(state, assessment.Cycle, "/cycle", cancellationToken);
                    var before = await state.Session.FirstAsync<AssessmentRow>(
                        _current,
                        View.All(state.Today),
                        new { project = project.Id },
                        cancellationToken
                    );
                    var assessedOn = assessment.AssessedOn ?? state.Today;
                    Checks.RequireNoConflict(AssessmentRules.Follows(before?.AssessedOn, assessedOn));
                    var key = await state.NewKeyAsync<AssessmentRow>(
                        assessment.Key,
                        assessment.Cycle ?? assessedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        "einschaetzung",
                        cancellationToken,
                        project.Id
                    );
                    var row = new AssessmentRow
                    {
                        Key = key,
                        ProjectId = project.Id,
                        Cycle = assessment.Cycle,
                        Rag = assessment.Rag,
                        Reason = assessment.Reason,
                        AssessedOn = assessedOn,
                        Visibility = assessment.Visibility,
                        Sample = assessment.Sample,
                    };
                    return (Project: project, Before: before, Row: row);
                },
                async (revision, plan) =>
                {
                    if (plan.Before is { } before)
                    {
                        await revision.SupersedeAsync(before, cancellationToken);
                    }
                    return (await revision.InsertAsync(plan.Row, plan.Project, cancellationToken)).Key;
                },
                cancellationToken
            );
        }
    }
}
