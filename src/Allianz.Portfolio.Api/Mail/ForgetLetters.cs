using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>Removes letters that were sent or given up some days ago, with the addresses that they went to; update links forget theirs as long after they expired.</summary>
internal static class ForgetLetters
{
    private static readonly Statement _delete = new(_ => "DELETE FROM Letter WHERE DueAt IS NULL AND CreatedAt < @before");

    private static readonly Statement _forgetRecipients = new(_ =>
        "UPDATE UpdateLink SET Recipient = NULL WHERE Recipient IS NOT NULL AND ExpiresAt < @before"
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(PortfolioDatabase database, IOptions<MailOptions> options, TimeProvider clock)
        : IRequestHandler<Command, int>
    {
        /// <returns>How many were removed.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            var before = clock.GetUtcNow().AddDays(-options.Value.KeepDays);
            return await database.WriteAsync(
                async session =>
                {
                    var removed = await session.ExecuteAsync(_delete, new { before }, cancellationToken);
                    await session.ExecuteAsync(_forgetRecipients, new { before }, cancellationToken);
                    return removed;
                },
                cancellationToken
            );
        }
    }
}
