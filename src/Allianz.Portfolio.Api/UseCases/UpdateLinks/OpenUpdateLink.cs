using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

/// <summary>Finds the link that a secret belongs to. Changes nothing: mail scanners open links before people do.</summary>
internal static class OpenUpdateLink
{
    private static readonly Statement _sql = new(_ => $"SELECT {UpdateLinkRow.Columns} FROM UpdateLink l WHERE l.Hash = @hash");

    /// <param name="Secret">As it stood in the address.</param>
    public sealed record Query(string Secret) : IRequest<UpdateLinkRow?>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, UpdateLinkRow?>
    {
        public async Task<UpdateLinkRow?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.FirstAsync<UpdateLinkRow>(_sql, null, new { hash = ApiKeySecret.Hash(request.Secret) }, cancellationToken);
        }
    }
}
