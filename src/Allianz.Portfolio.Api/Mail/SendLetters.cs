using System.Security.Cryptography;
using Allianz.Portfolio.Api.Database;
using MailKit.Net.Smtp;
using MediatR;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>A letter with something to renew (<see cref="Letter.ToRenew"/>) as it is to be sent now; null when nobody needs it any more.</summary>
internal delegate Task<Letter?> RenewLetter(Letter letter, CancellationToken ct);

/// <summary>
/// Sends the letters that are due, one after the other, each claimed first: whoever raises its count of tries has it until its lease ends.
/// A node that ends in the middle of it lets go by that, and the letter goes out again under the same Message-ID.
/// </summary>
internal static class SendLetters
{
    /// <summary>Longer than any try may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Who was not reached by then is not: most links in letters live no longer, and an invitation can be sent again.</summary>
    public static readonly TimeSpan GiveUp = TimeSpan.FromDays(3);

    private static readonly TimeSpan _longestPause = TimeSpan.FromHours(1);

    // A run ends some time; the next one goes on within a minute.
    private const int Most = 500;

    private static readonly Statement _due = new(from =>
        $"""
            SELECT l.Id, l.MessageId, l.Content, l.CreatedAt, l.Tries FROM Letter l
            WHERE l.DueAt <= @now ORDER BY l.DueAt {from.Take}
            """
    );

    private static readonly Statement _claim = new(_ =>
        "UPDATE Letter SET Tries = Tries + 1, DueAt = @until WHERE Id = @id AND Tries = @tries AND DueAt <= @now"
    );

    private static readonly Statement _sent = new(_ =>
        "UPDATE Letter SET SentAt = @now, DueAt = NULL, Content = NULL, Failure = NULL WHERE Id = @id"
    );

    // Only by whoever has it still.
    private static readonly Statement _later = new(_ =>
        "UPDATE Letter SET DueAt = @due, Failure = @failure WHERE Id = @id AND Tries = @tries AND DueAt IS NOT NULL"
    );

    private static readonly Statement _failed = new(_ =>
        """
            UPDATE Letter SET FailedAt = @now, DueAt = NULL, Content = NULL, Failure = @failure
            WHERE Id = @id AND Tries = @tries AND DueAt IS NOT NULL
            """
    );

    private static readonly Statement _withdraw = new(_ => "DELETE FROM Letter WHERE Id = @id AND Tries = @tries AND DueAt IS NOT NULL");

    public sealed record Command : IRequest<int>;

    public sealed class Handler(
        PortfolioDatabase database,
        Outbox outbox,
        RenewLetter renew,
        IServiceProvider services,
        TimeProvider clock,
        ILogger<Handler> log
    ) : IRequestHandler<Command, int>
    {
        /// <returns>How many were sent.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var post = ActivatorUtilities.CreateInstance<Post>(services);
            var sent = 0;
            for (var n = 0; n < Most && await ClaimAsync(cancellationToken) is { } claimed; n++)
            {
                try
                {
                    if (await RenewedAsync(Read(claimed), cancellationToken) is not { } letter)
                    {
                        await WriteAsync(_withdraw, claimed, null, null);
                        continue;
                    }
                    await post.SendAsync(letter, claimed.MessageId, claimed.CreatedAt, cancellationToken);
                }
                catch (LetterRefused e)
                {
                    log.LogWarning("Letter {MessageId} was refused for good", claimed.MessageId);
                    await WriteAsync(_failed, claimed, null, e.Message);
                    continue;
                }
                catch (SmtpCommandException e) when (e.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
                {
                    await LaterAsync(claimed, e);
                    continue;
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    // Not this letter's fault: the others need not find it out as well. The next run begins with another one.
                    await LaterAsync(claimed, e);
                    break;
                }
                await WriteAsync(_sent, claimed, null, null);
                sent++;
            }
            return sent;
        }

        private Task<Letter?> RenewedAsync(Letter letter, CancellationToken ct) =>
            letter.ToRenew is null ? Task.FromResult<Letter?>(letter) : renew(letter, ct);

        private async Task<Claimed?> ClaimAsync(CancellationToken ct)
        {
            while (true)
            {
                var now = clock.GetUtcNow();
                var (due, mine) = await database.WriteAsync<(Claimed?, int)>(
                    async session =>
                    {
                        if (await session.FirstAsync<Claimed>(_due, null, new { now, take = 1 }, ct) is not { } due)
                        {
                            return (null, 0);
                        }
                        var claim = new
                        {
                            id = due.Id,
                            tries = due.Tries,
                            now,
                            until = now + Lease,
                        };
                        return (due, await session.ExecuteAsync(_claim, claim, ct));
                    },
                    ct
                );
                if (due is null)
                {
                    return null;
                }
                if (mine == 1)
                {
                    return due with { Tries = due.Tries + 1 };
                }
            }
        }

        private Letter Read(Claimed claimed)
        {
            try
            {
                return outbox.Read(claimed.Id, claimed.Content!);
            }
            catch (CryptographicException)
            {
                throw new LetterRefused("The letter cannot be decrypted: its key no longer exists.");
            }
        }

        private async Task LaterAsync(Claimed claimed, Exception e)
        {
            // A server's words may name the address, so the log has only their kind.
            log.LogWarning(
                "Letter {MessageId} could not be sent at try {Tries}: {Fault}",
                claimed.MessageId,
                claimed.Tries,
                e is SmtpCommandException smtp ? $"{(int)smtp.StatusCode} {smtp.ErrorCode}" : e.GetType().Name
            );
            var pause = TimeSpan.FromMinutes(Math.Pow(2, Math.Min(claimed.Tries - 1, 10)));
            var due = clock.GetUtcNow() + (pause < _longestPause ? pause : _longestPause);
            await WriteAsync(due > claimed.CreatedAt + GiveUp ? _failed : _later, claimed, due, e.Message);
        }

        // What has happened is written down also while the program stops.
        private async Task WriteAsync(Statement statement, Claimed claimed, DateTimeOffset? due, string? failure)
        {
            await database.WriteAsync(
                session =>
                    session.ExecuteAsync(
                        statement,
                        new
                        {
                            id = claimed.Id,
                            tries = claimed.Tries,
                            now = clock.GetUtcNow(),
                            due,
                            failure = failure?[..Math.Min(failure.Length, 500)],
                        },
                        CancellationToken.None
                    ),
                CancellationToken.None
            );
        }
    }

    private sealed record Claimed
    {
        public required Guid Id { get; init; }
        public required string MessageId { get; init; }
        public byte[]? Content { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required int Tries { get; init; }
    }
}
