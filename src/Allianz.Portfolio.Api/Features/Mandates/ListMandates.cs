using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class ListMandates
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/mandates",
                async (Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var query = new Query(read.View, read.Limit + 1)
                    {
                        State = read.Code<MandateState>("state"),
                        Project = read.Text("project"),
                        After = read.After(),
                    };
                    var page = read.Page(await mediator.Send(query, ct), r => (r.TitleSort, r.Id.ToString()));
                    return new Page<Mandate>(mapper.Map<List<Mandate>>(page.Data), page.Next);
                }
            )
            .Lists<Mandate>("What the council and its committees ordered, by title", "state", "project")
            .Codes<MandateState>("state", "Only those in this state.")
            .For(Right.Read(Resource.Mandate));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT m.* FROM {from.Own("Mandate", "m")}
            WHERE (@key IS NULL OR m.[Key] = @key) AND (@state IS NULL OR m.State = @state)
                AND (@project IS NULL OR EXISTS (SELECT 1 FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")}
                    WHERE p.[Key] = @project AND x.Mandate = m.[Key]))
                AND m.TitleSort >= @after AND (m.TitleSort > @after OR m.Id > @afterId)
            ORDER BY m.TitleSort, m.Id {from.Take}
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<MandateRow>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public MandateState? State { get; init; }
        public string? Project { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<MandateRow>>
    {
        public async Task<IReadOnlyList<MandateRow>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<MandateRow>(
                _sql,
                request.View,
                new
                {
                    key = request.Key?.ToLowerInvariant(),
                    state = request.State is { } state ? Codes.Of(state) : null,
                    project = request.Project?.ToLowerInvariant(),
                    after = request.After?.Sort ?? "",
                    afterId = request.After?.AtId() ?? Guid.Empty,
                    take = request.Take,
                },
                cancellationToken
            );
        }
    }
}
