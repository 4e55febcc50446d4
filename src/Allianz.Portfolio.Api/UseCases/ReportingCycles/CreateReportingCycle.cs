using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.ReportingCycles;

internal static class CreateReportingCycle
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/reporting-cycles",
                (WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync<ReportingCycle>(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewReportingCycle>()), ct),
                        async (view, key) => await Kinds.ReportingCycles.Kind.ReadAsync(mediator, view, null, key, ct)
                    )
            )
            .Creates<NewReportingCycle, ReportingCycle>(Kinds.ReportingCycles.Kind.Summaries.Create)
            .For(Right.Create(Resource.ReportingCycle));

    public sealed record Command(Caller Caller, NewReportingCycle Cycle) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IOptionsMonitor<CycleLeadTimes> leadTimes) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, cycle) = request;
            cycle.Validate(cycle.Rules());
            return await ledger.WriteAsync(
                caller,
                "createReportingCycle",
                async state =>
                {
                    var key = await state.NewKeyAsync<ReportingCycle>(cycle.Key, cycle.Name, "berichtsrunde", cancellationToken);
                    var row = new ReportingCycle
                    {
                        Key = key,
                        Name = "",
                        OpensOn = default,
                        DueOn = default,
                        ClosesOn = default,
                    };
                    var dated = cycle.Meeting is null
                        ? cycle
                        : cycle with
                        {
                            MeetingOn = await MeetingCycle.DayForAsync(state, cycle.Meeting, key, cancellationToken),
                        };
                    return dated.To(row, leadTimes.CurrentValue);
                },
                async (revision, made) => (await revision.InsertAsync(made, null, cancellationToken)).Key,
                cancellationToken
            );
        }
    }
}
