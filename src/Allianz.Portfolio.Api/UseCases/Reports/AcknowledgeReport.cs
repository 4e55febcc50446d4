using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class AcknowledgeReport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/reports/{number}/acknowledge",
                (string number, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, number), ct),
                        (view, key) => mediator.ReportTransitionAsync(view, number, key, ct)
                    )
            )
            .WithSummary("Record that the board took note of a report (zur Kenntnis genommen)")
            .WithDescription(
                "Of a report that is submitted, with the day and the place on the agenda of its meeting. Doing it again changes nothing and gives the same answer."
            )
            .Produces<ReportTransition>()
            .Problems(400, 401, 403, 404, 409, 413, 422)
            .For(Right.Create(Resource.ReportTransition));

    public sealed record Command(Caller Caller, string Report) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, report) = request;
            return await ledger.WriteAsync(
                caller,
                "acknowledgeReport",
                async state =>
                {
                    var way = await ReportWay.FindAsync(state, caller, report, cancellationToken);
                    var step = new NewReportTransition { State = ReportState.Noted };
                    return (way.DealtWith, Step: way.DealtWith is null ? await way.DecideAsync(step, cancellationToken) : null);
                },
                async (revision, plan) =>
                {
                    var ordinal = plan.Step is null ? plan.DealtWith!.Ordinal : await plan.Step.WriteAsync(revision, cancellationToken);
                    return revision.Made = ordinal.ToString(CultureInfo.InvariantCulture);
                },
                cancellationToken
            );
        }
    }
}
