using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class ListMandateLinks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/mandates",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(await mediator.Send(new Query(read.View, project), ct), x => x.Key)
            )
            .Lists<MandateLink>("The mandates that a project answers to")
            .For(Right.Read(Resource.MandateLink));

    private const string Columns =
        "x.[Key], x.Evidence, x.Sample, x.FromRevision AS Revision, p.[Key] AS ProjectKey, p.Title AS ProjectTitle, m.[Key] AS MandateKey, "
        + "m.Title AS MandateTitle, s.[Key] AS MilestoneKey, s.Title AS MilestoneTitle";

    private static readonly Statement _ofProject = new(from =>
        $"""
            SELECT {Columns}
            FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} JOIN {from.Own("Mandate", "m")} ON m.[Key] = x.Mandate
                LEFT JOIN {from.Parts("Milestone", "s", of: "p")} AND s.[Key] = x.Milestone
            WHERE p.Id = @project ORDER BY x.[Key]
            """
    );

    private static readonly Statement _ofMandate = new(from =>
        $"""
            SELECT {Columns}
            FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} JOIN {from.Own("Mandate", "m")} ON m.[Key] = x.Mandate
                LEFT JOIN {from.Parts("Milestone", "s", of: "p")} AND s.[Key] = x.Milestone
            WHERE m.[Key] = @mandate AND p.[Key] >= @after AND (p.[Key] > @after OR x.[Key] > @afterKey) ORDER BY p.[Key], x.[Key] {from.Take}
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Project">Key of the project; 404 when there is none.</param>
    public sealed record Query(View View, string Project) : IRequest<IReadOnlyList<MandateLink>>;

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Mandate">Key of the mandate.</param>
    /// <param name="After">The project and the link after which it goes on.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record OfMandate(View View, string Mandate, Position? After, int Take) : IRequest<IReadOnlyList<MandateLink>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper)
        : IRequestHandler<Query, IReadOnlyList<MandateLink>>,
            IRequestHandler<OfMandate, IReadOnlyList<MandateLink>>
    {
        public async Task<IReadOnlyList<MandateLink>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var project = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
            return mapper.Map<List<MandateLink>>(
                await session.QueryAsync<Row>(_ofProject, request.View, new { project }, cancellationToken)
            );
        }

        public async Task<IReadOnlyList<MandateLink>> Handle(OfMandate request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return mapper.Map<List<MandateLink>>(
                await session.QueryAsync<Row>(
                    _ofMandate,
                    request.View,
                    new
                    {
                        mandate = request.Mandate.ToLowerInvariant(),
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
        public string? Evidence { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public required string ProjectKey { get; init; }
        public required string ProjectTitle { get; init; }
        public required string MandateKey { get; init; }
        public required string MandateTitle { get; init; }
        public string? MilestoneKey { get; init; }
        public string? MilestoneTitle { get; init; }
        public Reference Project => new(ProjectKey, ProjectTitle);
        public Reference Mandate => new(MandateKey, MandateTitle);
        public Reference? Milestone => MilestoneKey is null ? null : new(MilestoneKey, MilestoneTitle!);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, MandateLink>();
    }
}
