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

    private static readonly Statement _ofProject = Links(_ => "p.Id = @project ORDER BY x.[Key]");

    private static readonly Statement _ofIndicator = Links(from =>
        $"i.[Key] = @indicator AND p.[Key] >= @after AND (p.[Key] > @after OR x.[Key] > @afterKey) ORDER BY p.[Key], x.[Key] {from.Take}"
    );

    private static Statement Links(Func<Sources, string> which) =>
        new(from =>
            $"""
                SELECT x.[Key], x.Contribution, x.Sample, x.FromRevision AS Revision, p.[Key] AS ProjectKey, p.Title AS ProjectTitle,
                    i.[Key] AS IndicatorKey, i.Name AS IndicatorName
                FROM {from.Projects("p")} JOIN {from.Parts("IndicatorLink", "x", of: "p")} JOIN {from.Shared(
                    "Indicator",
                    "i"
                )} ON i.[Key] = x.Indicator
                WHERE {which(from)}
                """
        );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Project">Key of the project; 404 when there is none.</param>
    public sealed record Query(View View, string Project) : IRequest<IReadOnlyList<IndicatorLink>>;

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Indicator">Key of the indicator.</param>
    /// <param name="After">The project and the link after which it goes on.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record OfIndicator(View View, string Indicator, Position? After, int Take) : IRequest<IReadOnlyList<IndicatorLink>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper)
        : IRequestHandler<Query, IReadOnlyList<IndicatorLink>>,
            IRequestHandler<OfIndicator, IReadOnlyList<IndicatorLink>>
    {
        public async Task<IReadOnlyList<IndicatorLink>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var project = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
            return mapper.Map<List<IndicatorLink>>(
                await session.QueryAsync<Row>(_ofProject, request.View, new { project }, cancellationToken)
            );
        }

        public async Task<IReadOnlyList<IndicatorLink>> Handle(OfIndicator request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return mapper.Map<List<IndicatorLink>>(
                await session.QueryAsync<Row>(
                    _ofIndicator,
                    request.View,
                    new
                    {
                        indicator = request.Indicator.ToLowerInvariant(),
                        after = request.After?.Sort ?? "",
                        afterKey = request.After?.AtKey() ?? "",
                        take = request.Take,
                    },
                    cancellationToken
                )
            );
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public string? Contribution { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public required string ProjectKey { get; init; }
        public required string ProjectTitle { get; init; }
        public required string IndicatorKey { get; init; }
        public required string IndicatorName { get; init; }
        public Reference Project => new(ProjectKey, ProjectTitle);
        public Reference Indicator => new(IndicatorKey, IndicatorName);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, IndicatorLink>();
    }
}
