using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class CreateReportTransition
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/reports/{number}/transitions",
                (string number, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, number, write.Body<NewReportTransition>()), ct),
                        (view, key) => mediator.ReportTransitionAsync(view, number, key, ct)
                    )
            )
            .Creates<NewReportTransition, ReportTransition>("Record what becomes of a report")
            .WithDescription(
                "`issued` -> `submitted` -> `noted`, `deferred` or `commissioned` -> `forwarded`; what is deferred is submitted again. "
                    + "Any other step is refused with 409."
            )
            .For(Right.Create(Resource.ReportTransition));

    public sealed record Command(Caller Caller, string Report, NewReportTransition Transition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, report, transition) = request;
            await using var revision = await ledger.BeginAsync(caller, "createReportTransition", cancellationToken);
            transition.Demand(transition.Rules(Berlin.DayOf(revision.At)));
            var way = await ReportWay.FindAsync(revision, caller, report, cancellationToken);
            revision.Made = (await way.GoAsync(transition, cancellationToken)).ToString(CultureInfo.InvariantCulture);
            return new Written(revision.Made, await revision.CommitAsync(cancellationToken));
        }
    }
}
