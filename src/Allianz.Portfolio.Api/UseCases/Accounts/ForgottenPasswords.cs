using System.Threading.Channels;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security.SignIn;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>
/// Sends links to people who forgot their password, behind the answer that they got: whether there is such an account cannot be told by
/// how long it took. Who gets no letter because the program stopped asks again.
/// </summary>
internal sealed class ForgottenPasswords(
    PortfolioDatabase database,
    Outbox outbox,
    PublicAddress address,
    TimeProvider clock,
    ILogger<ForgottenPasswords> log
) : BackgroundService
{
    // What is more than a person does is dropped: nobody's mailbox is filled from here.
    private readonly Channel<string> _asked = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly SemaphoreSlim _gate = new(1, 1);

    private static readonly TimeSpan _between = TimeSpan.FromMinutes(5);

    private static readonly Statement _lately = new(_ =>
        "SELECT l.Hash FROM AccountLink l WHERE l.AccountId = @id AND l.Purpose = @purpose AND l.CreatedAt > @after"
    );

    public void Ask(string email) => _asked.Writer.TryWrite(email);

    /// <summary>Sends what has been asked for until now.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            while (_asked.Reader.TryRead(out var email))
            {
                await SendAsync(email, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "A link for a forgotten password could not be sent");
        }
        finally
        {
            _gate.Release();
        }
    }

    public override void Dispose()
    {
        _gate.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _asked.Reader.WaitToReadAsync(stoppingToken))
        {
            await FlushAsync(stoppingToken);
        }
    }

    private async Task SendAsync(string email, CancellationToken ct)
    {
        if (await database.WriteAsync(session => PutAsync(session, email, clock.GetUtcNow(), ct), ct))
        {
            outbox.SendSoon();
        }
    }

    private async Task<bool> PutAsync(Session session, string email, DateTimeOffset now, CancellationToken ct)
    {
        // Who never had a password (invited, or signing in elsewhere) gets none this way.
        if (
            await AccountRows.FindByEmailAsync(session, email, ct) is not { Active: true, Demo: false, PasswordHash: not null } account
            || await session.FirstAsync<string>(
                _lately,
                null,
                new
                {
                    id = account.Id,
                    purpose = nameof(LinkPurpose.Password),
                    after = now - _between,
                },
                ct
            )
                is not null
        )
        {
            return false;
        }
        await AccountLetters.ForgottenAsync(session, outbox, address, account, now, ct);
        return true;
    }
}
