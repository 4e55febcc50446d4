using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Assessments;

internal static class CreateAssessment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/assessments",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
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
            await using var revision = await ledger.BeginAsync(caller, "createAssessment", cancellationToken);
            var view = View.All(Berlin.DayOf(revision.At));
            assessment.Demand(assessment.Rules(view.Day));
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            await References.DemandThereAsync<ReportingCycle>(revision, assessment.Cycle, "/cycle", cancellationToken);
            var before = await revision.Session.FirstAsync<AssessmentRow>(_current, view, new { project = project.Id }, cancellationToken);
            var assessedOn = assessment.AssessedOn ?? view.Day;
            if (assessedOn < before?.AssessedOn)
            {
                throw Problem.Conflict($"There is an assessment of {before.AssessedOn:yyyy-MM-dd} already.", "/assessedOn");
            }
            var key = await revision.NewKeyAsync<AssessmentRow>(
                assessment.Key,
                assessment.Cycle ?? assessedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "einschaetzung",
                cancellationToken,
                project.Id
            );
            if (before is not null)
            {
                await revision.SupersedeAsync(before, cancellationToken);
            }
            await revision.InsertAsync(
                new AssessmentRow
                {
                    Key = key,
                    ProjectId = project.Id,
                    Cycle = assessment.Cycle,
                    Rag = assessment.Rag,
                    Reason = assessment.Reason,
                    AssessedOn = assessedOn,
                    Visibility = assessment.Visibility,
                    Sample = assessment.Sample,
                },
                project,
                cancellationToken
            );
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
