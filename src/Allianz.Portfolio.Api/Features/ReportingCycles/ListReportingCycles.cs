using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportingCycles;

internal static class ListReportingCycles
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reporting-cycles",
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(await mediator.Send(new Query(read.View), ct), c => c.Key)
            )
            .Lists<CycleState>("Reporting cycles, oldest first")
            .For(Right.Read(Resource.ReportingCycle));

    public sealed record Query(View View) : IRequest<IReadOnlyList<CycleState>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<CycleState>>
    {
        public async Task<IReadOnlyList<CycleState>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await SnapshotReader.CyclesAsync(session, mapper, request.View, cancellationToken);
        }
    }
}
