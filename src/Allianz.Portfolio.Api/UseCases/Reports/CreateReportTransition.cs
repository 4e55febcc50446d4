using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Rules;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class CreateReportTransition
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/reports/{number}/transitions",
                (string number, WriteRequest write, IMediator mediator, CancellationToken ct) =>
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
            transition.Validate(ReportStepRules.Check(transition.Step, ledger.Today(caller)));
            return await ledger.WriteAsync(
                caller,
                "createReportTransition",
                async state =>
                    await (await ReportWay.FindAsync(state, caller, report, cancellationToken)).DecideAsync(transition, cancellationToken),
                async (revision, step) =>
                {
                    revision.Made = (await step.WriteAsync(revision, cancellationToken)).ToString(CultureInfo.InvariantCulture);
                    return revision.Made;
                },
                cancellationToken
            );
        }
    }
}
