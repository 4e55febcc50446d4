using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Imports;

internal static class GetImport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/imports/{key}",
                async (string key, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(key), ct) ?? throw Problem.NotFound("import", key)
            )
            .ReadsNow<Import>("An import that was applied")
            .For(Right.Read(Resource.Import));

    private static readonly Statement _sql = new(_ =>
        """
            SELECT i.[Key], i.FileName, i.FileHash, i.Mapping, i.Actor, i.CreatedAt, i.Rows, i.Created, i.Changed, i.Unchanged, i.Refused,
                i.FirstRevision, i.LastRevision
            FROM Import i WHERE i.[Key] = @key
            """
    );

    public sealed record Query(string Key) : IRequest<Import?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, Import?>
    {
        public async Task<Import?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var row = await session.FirstAsync<ImportStateRow>(_sql, null, new { key = request.Key.ToLowerInvariant() }, cancellationToken);
            return row is null ? null : mapper.Map<Import>(row);
        }
    }
}
