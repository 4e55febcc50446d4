using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

internal static class ListFieldsOfAction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/fields-of-action",
                async (Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var rows = await mediator.Send(new Query(read.View, read.Limit + 1, read.After()), ct);
                    var page = read.Page(rows, r => (r.NameSort, r.Id.ToString()));
                    return new Page<FieldOfAction>(mapper.Map<List<FieldOfAction>>(page.Data), page.Next);
                }
            )
            .Lists<FieldOfAction>("Fields of action by name, page by page")
            .For(Right.Read(Resource.FieldOfAction));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT f.* FROM {from.Shared("FieldOfAction", "f")}
            WHERE f.NameSort >= @after AND (f.NameSort > @after OR f.Id > @afterId)
            ORDER BY f.NameSort, f.Id {from.Take}
            """
    );

    public sealed record Query(View View, int Take, Position? After) : IRequest<IReadOnlyList<FieldOfActionRow>>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<FieldOfActionRow>>
    {
        public async Task<IReadOnlyList<FieldOfActionRow>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, take, position) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<FieldOfActionRow>(
                _sql,
                view,
                new
                {
                    take,
                    after = position?.Sort ?? "",
                    afterId = position?.AtId() ?? Guid.Empty,
                },
                cancellationToken
            );
        }
    }
}
