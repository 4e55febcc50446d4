using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>Makes the job run now that sends letters; given by whoever runs the jobs.</summary>
internal delegate void WakeSender();

/// <summary>
/// Where commands leave letters. A letter lasts when its command does, and is sent by a job afterwards: nobody waits for a mail server,
/// and nothing is announced that did not happen.
/// </summary>
internal sealed class Outbox(
    IDataProtectionProvider protection,
    IOptions<MailOptions> options,
    WakeSender wake,
    TimeProvider clock,
    ILogger<Outbox> log
)
{
    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Letter (Id, Recipient, MessageId, Content, CreatedAt, Tries, DueAt)
            VALUES (@id, @recipient, @messageId, @content, @at, 0, @at)
            """
    );

    private readonly IDataProtector _protector = protection.CreateProtector("Allianz.Portfolio.Mail");
    private readonly string _domain = MailboxAddress.Parse(options.Value.From).Domain;

    /// <summary>Stores the letter in the caller's transaction. Call <see cref="SendSoon"/> when that has been committed.</summary>
    /// <exception cref="ArgumentException">The address or the subject cannot be sent; the caller has not checked its input.</exception>
    public async Task PutAsync(Session session, Letter letter, CancellationToken ct)
    {
        if (!MailAddress.IsValid(letter.To))
        {
            throw new ArgumentException("A letter goes to one mail address.", nameof(letter));
        }
        if (letter.Subject.Length is 0 or > 200 || letter.Subject.Any(char.IsControl))
        {
            throw new ArgumentException("A subject is one line of at most 200 characters.", nameof(letter));
        }
        var id = Guid.CreateVersion7();
        await session.ExecuteAsync(
            _insert,
            new
            {
                id,
                recipient = letter.To,
                // A server that gets a letter twice, because nobody could tell whether it came through, knows it by this.
                messageId = $"{id:N}@{_domain}",
                content = Protector(id).Protect(JsonSerializer.SerializeToUtf8Bytes(letter)),
                at = clock.GetUtcNow(),
            },
            ct
        );
    }

    /// <summary>Wakes the sender. Never fails: the job that looks every minute finds the letter anyway.</summary>
    public void SendSoon()
    {
        try
        {
            wake();
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The sender of letters could not be woken; it looks for itself every minute");
        }
    }

    /// <summary>What a stored letter says.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Its key is gone, or it was altered.</exception>
    public Letter Read(Guid id, byte[] content) => JsonSerializer.Deserialize<Letter>(Protector(id).Unprotect(content))!;

    // Bound to its row: what one letter says cannot be put under another.
    private IDataProtector Protector(Guid id) => _protector.CreateProtector(id.ToString("N"));
}
