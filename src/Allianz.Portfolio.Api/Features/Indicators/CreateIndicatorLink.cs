using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class CreateIndicatorLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/indicators",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewIndicatorLink>()), ct),
                        async (view, key) => await mediator.IndicatorLinkAsync(view, project, key, ct)
                    )
            )
            .Creates<NewIndicatorLink, IndicatorLink>("Say that a project has a part in an indicator")
            .For(Right.Create(Resource.IndicatorLink));

    public sealed record Command(Caller Caller, string Project, NewIndicatorLink Link) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, link) = request;
            link.Demand();
            await using var revision = await ledger.BeginAsync(caller, "createIndicatorLink", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            _ =
                await revision.FindAsync<Indicator>(link.Indicator, cancellationToken)
                ?? throw Problem.Invalid("/indicator", $"There is no indicator '{link.Indicator}'.");
            var row = new IndicatorLinkRow
            {
                Key = await revision.NewKeyAsync<IndicatorLinkRow>(link.Key, link.Indicator, "kennzahl", cancellationToken, project.Id),
                ProjectId = project.Id,
                Indicator = link.Indicator,
            };
            await revision.InsertAsync(link.To(row), project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
