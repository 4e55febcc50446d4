using System.Security.Cryptography;
using System.Text;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>Tells the owner of an account that a code, which counts once, was given again; given by whoever sends letters.</summary>
/// <param name="PutAsync">In the transaction that found it out.</param>
/// <param name="Soon">When that has been committed.</param>
internal sealed record WarnOwner(Func<Session, Account, CancellationToken, Task> PutAsync, Action Soon);

/// <summary>
/// Identity's users, by the program's clock. Passwords, recovery codes, codes and failures are counted and used up by the database, so that
/// requests that come at once gain nothing by it.
/// </summary>
internal sealed class PortfolioUsers(
    IUserStore<Account> store,
    IOptions<IdentityOptions> identity,
    IPasswordHasher<Account> hasher,
    IEnumerable<IPasswordValidator<Account>> passwords,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber errors,
    IServiceProvider services,
    ILogger<PortfolioUsers> log,
    PortfolioDatabase database,
    IDataProtectionProvider protection,
    IOptions<AccountOptions> options,
    PasswordTurn turn,
    TimeProvider clock,
    AuditLog audit,
    WarnOwner warn
) : UserManager<Account>(store, identity, hasher, [], passwords, normalizer, errors, services, log)
{
    private const int RecoveryCodes = 10;

    // What an unknown address is checked against: the answer takes as long as a known one's.
    private static string? _decoy;

    // Counted before it is known whether it is right, and taken back when it is: tries that come at once are all counted.
    private static readonly Statement _try = new(_ =>
        """
            UPDATE Account SET
                LockedUntil = CASE WHEN LockedUntil IS NULL AND FailedSignIns + 1 >= @most THEN @until END,
                FailedSignIns = CASE WHEN LockedUntil IS NULL THEN FailedSignIns + 1 ELSE 1 END
            WHERE Id = @id AND (LockedUntil IS NULL OR LockedUntil <= @now)
            """
    );

    private static readonly Statement _right = new(_ =>
        "UPDATE Account SET FailedSignIns = FailedSignIns - 1, LockedUntil = NULL WHERE Id = @id AND FailedSignIns > 0"
    );

    private static readonly Statement _usedStep = new(_ =>
        """
            UPDATE Account SET TwoFactorLastStep = @step
            WHERE Id = @id AND TwoFactorEnabled = 1 AND (TwoFactorLastStep IS NULL OR TwoFactorLastStep < @step)
            """
    );

    private static readonly Statement _told = new(_ =>
        """
            UPDATE Account SET TwoFactorToldStep = @step
            WHERE Id = @id AND TwoFactorLastStep >= @step AND (TwoFactorToldStep IS NULL OR TwoFactorToldStep < @step)
            """
    );

    private static readonly Statement _countCodes = new(_ => "SELECT COUNT(*) FROM AccountRecoveryCode r WHERE r.AccountId = @id");

    private static readonly Statement _addCode = new(_ => "INSERT INTO AccountRecoveryCode (AccountId, Hash) VALUES (@id, @hash)");

    private static readonly Statement _useCode = new(_ => "DELETE FROM AccountRecoveryCode WHERE AccountId = @id AND Hash = @hash");

    private static readonly Statement _deleteCodes = new(_ => "DELETE FROM AccountRecoveryCode WHERE AccountId = @id");

    private readonly IDataProtector _protector = protection.CreateProtector("Allianz.Portfolio.TwoFactorKey");

    /// <summary>
    /// The account whose address and password these are, or null: wrong, unknown, locked, inactive and without a password alike, in words
    /// and, as near as can be, in time.
    /// </summary>
    public async Task<Account?> FindAsync(string email, string password, CancellationToken ct)
    {
        var account = await FindByNameAsync(email);
        return await HasPasswordAsync(account is { Active: true, Demo: false } ? account : null, password, ct) ? account : null;
    }

    /// <summary>Writes down that a try failed, or that it met the lock that too many of them bring.</summary>
    /// <param name="what">What failed.</param>
    /// <param name="http">The request.</param>
    /// <param name="email">The address, of whoever has it; nothing of it is kept when nobody has.</param>
    /// <param name="ct">Cancels.</param>
    public async Task FailedAsync(AuditEvent what, HttpContext http, string email, CancellationToken ct)
    {
        var account = await FindByNameAsync(email);
        await audit.WriteAsync(
            account?.LockedUntil > clock.GetUtcNow() ? AuditEvent.LockedOut : what,
            http,
            null,
            account?.Actor,
            null,
            ct
        );
    }

    /// <summary>
    /// Whether it is the account's password; counts the try. Without an account it goes the same ways, waits for other writers among them.
    /// </summary>
    public async Task<bool> HasPasswordAsync(Account? account, string password, CancellationToken ct)
    {
        // Before the turn is taken: who waits for other writers keeps nobody from being checked.
        var counted = await TryAsync(account is { PasswordHash: not null } ? account.Id : Guid.Empty, ct);
        if (!await turn.TryTakeAsync(ct))
        {
            if (counted)
            {
                await RightAsync(account!, ct);
            }
            throw Problem.Busy("Too many people are signing in at once; try again.");
        }
        bool right;
        try
        {
            if (counted)
            {
                right = await CheckPasswordAsync(account!, password);
            }
            else
            {
                _decoy ??= PasswordHasher.HashPassword(new Account(), Account.NewStamp());
                PasswordHasher.VerifyHashedPassword(new Account(), _decoy, password);
                right = false;
            }
        }
        finally
        {
            turn.Release();
        }
        return right && await RightAsync(account!, ct);
    }

    /// <summary>The account that a link opens, or null. Looking changes nothing.</summary>
    public Task<Account?> FindByLinkAsync(LinkPurpose purpose, string? link, CancellationToken ct) =>
        ((AccountStore)Store).FindByLinkAsync(purpose, link, clock.GetUtcNow(), ct);

    /// <summary>
    /// Sets another password. All sessions and links of the account end, so a link is used up by it; false when another change came first.
    /// </summary>
    /// <param name="password">Has been checked by <see cref="PasswordRules.Wrong"/>.</param>
    public async Task<bool> SetPasswordAsync(Account account, string password) =>
        (await UpdatePasswordHash(account, password, validatePassword: true)).Succeeded && (await UpdateUserAsync(account)).Succeeded;

    /// <summary>Takes the code of the authenticator app, once. Who owns it is told when it comes again.</summary>
    public async Task<bool> UseCodeAsync(HttpContext http, Account account, string code, CancellationToken ct)
    {
        if (account is not { TwoFactorEnabled: true, TwoFactorKey: { } key } || !await TryAsync(account.Id, ct))
        {
            return false;
        }
        string secret;
        try
        {
            secret = _protector.Unprotect(key);
        }
        catch (CryptographicException e)
        {
            log.LogError(e, "The second factor of {Account} cannot be read: the key that protects it is gone", account.Actor);
            return false;
        }
        var now = clock.GetUtcNow();
        if (
            Totp.StepOf(secret, code, now, account.TwoFactorLastStep) is { } step
            && await DoneAsync(_usedStep, new { id = account.Id, step }, ct)
        )
        {
            return await RightAsync(account, ct);
        }
        if (Totp.StepOf(secret, code, now, null) is { } used)
        {
            await TellOfSecondUseAsync(http, account, used, ct);
        }
        return false;
    }

    /// <summary>Takes a recovery code, once.</summary>
    public async Task<bool> UseRecoveryCodeAsync(Account account, string code, CancellationToken ct) =>
        account.TwoFactorEnabled
        && await TryAsync(account.Id, ct)
        && await DoneAsync(_useCode, new { id = account.Id, hash = Hash(code) }, ct)
        && await RightAsync(account, ct);

    /// <summary>Takes the second factor into use when the code belongs to its key. All sessions end.</summary>
    public async Task<bool> EnableTwoFactorAsync(Account account, string key, string code)
    {
        if (Totp.StepOf(key, code, clock.GetUtcNow(), null) is not { } step)
        {
            return false;
        }
        account.TwoFactorKey = _protector.Protect(key);
        account.TwoFactorEnabled = true;
        account.TwoFactorLastStep = step;
        return (await UpdateSecurityStampAsync(account)).Succeeded;
    }

    /// <summary>New recovery codes, shown this once; those before are void.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Account account, CancellationToken ct)
    {
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => NewRecoveryCode()).ToList();
        await database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(_deleteCodes, new { id = account.Id }, ct);
                return await session.ExecuteAsync(_addCode, codes.Select(code => new { id = account.Id, hash = Hash(code) }), ct);
            },
            ct
        );
        return codes;
    }

    /// <summary>How many are left.</summary>
    public async Task<int> CountRecoveryCodesAsync(Account account, CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        return await session.FirstAsync<int>(_countCodes, null, new { id = account.Id }, ct);
    }

    // Somebody may have looked over the person's shoulder.
    private async Task TellOfSecondUseAsync(HttpContext http, Account account, long step, CancellationToken ct)
    {
        var tells = await database.WriteAsync(
            async session =>
            {
                if (await session.ExecuteAsync(_told, new { id = account.Id, step }, ct) == 0)
                {
                    return false;
                }
                await audit.WriteAsync(session, AuditEvent.CodeUsedAgain, http, null, account.Actor, null, ct);
                await warn.PutAsync(session, account, ct);
                return true;
            },
            ct
        );
        if (tells)
        {
            warn.Soon();
        }
    }

    private Task<bool> TryAsync(Guid account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return DoneAsync(
            _try,
            new
            {
                id = account,
                now,
                most = options.Value.MostFailures,
                until = now.AddMinutes(options.Value.LockMinutes),
            },
            ct
        );
    }

    private async Task<bool> RightAsync(Account account, CancellationToken ct)
    {
        await DoneAsync(_right, new { id = account.Id }, ct);
        return true;
    }

    private async Task<bool> DoneAsync(Statement statement, object parameters, CancellationToken ct) =>
        await database.WriteAsync(session => session.ExecuteAsync(statement, parameters, ct), ct) == 1;

    // 120 random bits: enough that a plain hash protects them.
    private static string NewRecoveryCode() =>
        string.Join('-', Enumerable.Range(0, 6).Select(_ => RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyz2345679", 4)));

    private static string Hash(string code) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(code.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit))))
        );
}

/// <summary>
/// Checking a password is made slow on purpose: one at a time, so that a flood of wrong ones does not take the machine from all others. Few
/// wait: whoever comes behind them hears at once that it is full, instead of waiting for strangers.
/// </summary>
internal sealed class PasswordTurn : IDisposable
{
    /// <summary>How many may be waiting, the one whose turn it is among them.</summary>
    public const int Most = 30;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _inside;

    /// <summary>Waits for the turn; false when too many wait already. Whoever got it gives it back by <see cref="Release"/>.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _inside) > Most)
        {
            Interlocked.Decrement(ref _inside);
            return false;
        }
        try
        {
            await _turn.WaitAsync(ct);
            return true;
        }
        catch
        {
            Interlocked.Decrement(ref _inside);
            throw;
        }
    }

    public void Release()
    {
        _turn.Release();
        Interlocked.Decrement(ref _inside);
    }

    public void Dispose() => _turn.Dispose();
}
