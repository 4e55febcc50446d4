using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportingCycles;

internal static class GetReportingCycle
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reporting-cycles/{cycle}",
                async (string cycle, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, cycle), ct) ?? throw Problem.NotFound("reporting cycle", cycle)
            )
            .Reads<CycleState>("A reporting cycle")
            .For(Right.Read(Resource.ReportingCycle));

    public sealed record Query(View View, string Key) : IRequest<CycleState?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, CycleState?>
    {
        public async Task<CycleState?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            // There are a few a year, so reading them all costs no more than a statement for one.
            var cycles = await SnapshotReader.CyclesAsync(session, mapper, request.View, cancellationToken);
            return cycles.FirstOrDefault(c => c.Key.Equals(request.Key, StringComparison.OrdinalIgnoreCase));
        }
    }
}
