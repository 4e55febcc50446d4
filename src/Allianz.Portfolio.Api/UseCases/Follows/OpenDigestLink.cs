using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>Finds the account whose digest a link stops. Changes nothing: mail scanners open links before people do.</summary>
internal static class OpenDigestLink
{
    private static readonly Statement _sql = new(_ =>
        "SELECT a.* FROM DigestLink l JOIN Account a ON a.Id = l.AccountId WHERE l.Hash = @hash AND l.ExpiresAt > @now"
    );

    /// <param name="Secret">As it stood in the address.</param>
    public sealed record Query(string Secret) : IRequest<Account?>;

    public sealed class Handler(PortfolioDatabase database, TimeProvider clock) : IRequestHandler<Query, Account?>
    {
        public async Task<Account?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.FirstAsync<Account>(
                _sql,
                null,
                new { hash = ApiKeySecret.Hash(request.Secret), now = clock.GetUtcNow() },
                cancellationToken
            );
        }
    }
}
