using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class ListIndicatorLinks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/indicators",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(await mediator.Send(new Query(read.View, project), ct), x => x.Key)
            )
            .Lists<IndicatorLink>("The indicators that a project has a part in")
            .For(Right.Read(Resource.IndicatorLink));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT x.[Key], x.Contribution, x.Sample, x.FromRevision AS Revision, i.[Key] AS IndicatorKey, i.Name AS IndicatorName
            FROM {from.Projects("p")} JOIN {from.Parts("IndicatorLink", "x", of: "p")} JOIN {from.Shared(
                "Indicator",
                "i"
            )} ON i.[Key] = x.Indicator
            WHERE p.Id = @project ORDER BY x.[Key]
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Project">Key of the project; 404 when there is none.</param>
    public sealed record Query(View View, string Project) : IRequest<IReadOnlyList<IndicatorLink>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<IndicatorLink>>
    {
        public async Task<IReadOnlyList<IndicatorLink>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var project = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
            return mapper.Map<List<IndicatorLink>>(await session.QueryAsync<Row>(_sql, request.View, new { project }, cancellationToken));
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public string? Contribution { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public required string IndicatorKey { get; init; }
        public required string IndicatorName { get; init; }
        public Reference Indicator => new(IndicatorKey, IndicatorName);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, IndicatorLink>();
    }
}
