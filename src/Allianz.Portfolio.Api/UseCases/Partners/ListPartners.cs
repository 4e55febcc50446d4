using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Partners;

internal static class ListPartners
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/partners",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var query = new Query(read.View, read.Sort(_sql.Keys), read.Limit + 1)
                    {
                        Kind = read.Code<PartnerKind>("kind"),
                        Terms = read.Text("q"),
                        After = read.After(),
                    };
                    return read.Page(await mediator.Send(query, ct), partner => (partner.NameSort, partner.Id.ToString()));
                }
            )
            .Lists<Partner>(Kinds.Partners.Kind.Summaries.List, "q", "kind", "sort")
            .Sorts(_sql.Keys)
            .For(Right.Read(Resource.Partner));

    private static readonly Dictionary<string, Statement> _sql = new() { ["name"] = Sql(">", ""), ["-name"] = Sql("<", " DESC") };

    private static Statement Sql(string beyond, string direction) =>
        new(from =>
            $"""
                SELECT o.* FROM {from.Shared("Partner", "o")}
                WHERE o.NameSort {beyond}= @after AND (o.NameSort {beyond} @after OR o.Id {beyond} @afterId)
                    AND o.MergedInto IS NULL
                    AND (@kind IS NULL OR o.Kind = @kind)
                    {SearchTerms.In("o.NameSort", "o.[Key]")}
                ORDER BY o.NameSort{direction}, o.Id{direction} {from.Take}
                """
        );

    public sealed record Query(View View, string Sort, int Take) : IRequest<IReadOnlyList<Partner>>
    {
        public PartnerKind? Kind { get; init; }
        public string? Terms { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<Partner>>
    {
        public async Task<IReadOnlyList<Partner>> Handle(Query request, CancellationToken cancellationToken)
        {
            var descending = request.Sort.StartsWith('-');
            var parameters = new DynamicParameters(
                new
                {
                    take = request.Take,
                    after = request.After?.Sort ?? (descending ? "\uFFFF" : ""),
                    afterId = request.After is { } after ? after.AtId()
                    : descending ? Guid.AllBitsSet
                    : Guid.Empty,
                    kind = request.Kind is { } kind ? Codes.Of(kind) : null,
                }
            ).WithSearchTerms(request.Terms);
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<Partner>(_sql[request.Sort], request.View, parameters, cancellationToken);
        }
    }
}
