using Allianz.Portfolio.Api.Database;
using Microsoft.AspNetCore.Identity;

namespace Allianz.Portfolio.Api.Security.Accounts;

/// <summary>
/// Identity's store. It writes what belongs to signing in; name, address, role and partner are written by commands, with a revision
/// (<see cref="AccountRows"/>). A change that began from an older security stamp is refused, so nothing that is good once is used twice.
/// </summary>
internal sealed class AccountStore(PortfolioDatabase database)
    : IUserPasswordStore<Account>,
        IUserSecurityStampStore<Account>,
        IUserLoginStore<Account>
{
    private static readonly Statement _findById = new(_ => "SELECT a.* FROM Account a WHERE a.Id = @id");

    private static readonly Statement _findByLogin = new(_ =>
        "SELECT a.* FROM AccountLogin l JOIN Account a ON a.Id = l.AccountId WHERE l.Provider = @provider AND l.Subject = @subject"
    );

    private static readonly Statement _logins = new(_ =>
        "SELECT l.Provider, l.Subject FROM AccountLogin l WHERE l.AccountId = @id ORDER BY l.Provider, l.Subject"
    );

    private static readonly Statement _addLogin = new(_ =>
        "INSERT INTO AccountLogin (Provider, Subject, AccountId) VALUES (@provider, @subject, @id)"
    );

    private static readonly Statement _removeLogin = new(_ =>
        "DELETE FROM AccountLogin WHERE Provider = @provider AND Subject = @subject AND AccountId = @id"
    );

    // Who has a second factor is unlocked by it or by time, never by a link in the mailbox: codes would be guessed without end.
    private static readonly Statement _update = new(_ =>
        """
            UPDATE Account SET PasswordHash = @PasswordHash, SecurityStamp = @SecurityStamp, TwoFactorKey = @TwoFactorKey,
                TwoFactorEnabled = @TwoFactorEnabled, TwoFactorLastStep = @TwoFactorLastStep,
                FailedSignIns = CASE WHEN TwoFactorEnabled = 1 THEN FailedSignIns ELSE 0 END,
                LockedUntil = CASE WHEN TwoFactorEnabled = 1 THEN LockedUntil END
            WHERE Id = @Id AND SecurityStamp = @read
            """
    );

    // The stamp that an account had when it was read here.
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<Account, string> _read = [];

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id)
            ? await FindAsync(s => s.FirstAsync<Account>(_findById, null, new { id }, cancellationToken))
            : null;

    /// <summary>People sign in by their mail address.</summary>
    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindAsync(s => AccountRows.FindByEmailAsync(s, normalizedUserName, cancellationToken));

    public Task<Account?> FindByLoginAsync(string loginProvider, string providerKey, CancellationToken cancellationToken) =>
        FindAsync(s =>
            s.FirstAsync<Account>(_findByLogin, null, new { provider = loginProvider, subject = providerKey }, cancellationToken)
        );

    /// <summary>The active account that a link opens, as it was when the link was good: what comes between is noticed by its stamp.</summary>
    public Task<Account?> FindByLinkAsync(LinkPurpose purpose, string? link, DateTimeOffset now, CancellationToken ct) =>
        FindAsync(s => OneTimeLinks.FindAsync(s, purpose, link, now, ct));

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(user, out var read))
        {
            throw new InvalidOperationException("The account was not read by this store.");
        }
        await using var session = await database.BeginAsync(cancellationToken);
        var written = await session.ExecuteAsync(
            _update,
            new
            {
                user.Id,
                user.PasswordHash,
                user.SecurityStamp,
                user.TwoFactorKey,
                user.TwoFactorEnabled,
                user.TwoFactorLastStep,
                read,
            },
            cancellationToken
        );
        if (written != 1)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        }
        await session.CommitAsync(cancellationToken);
        _read.AddOrUpdate(user, user.SecurityStamp);
        return IdentityResult.Success;
    }

    public async Task AddLoginAsync(Account user, UserLoginInfo login, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        await session.ExecuteAsync(_addLogin, Login(user, login.LoginProvider, login.ProviderKey), cancellationToken);
    }

    public async Task RemoveLoginAsync(Account user, string loginProvider, string providerKey, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        await session.ExecuteAsync(_removeLogin, Login(user, loginProvider, providerKey), cancellationToken);
    }

    public async Task<IList<UserLoginInfo>> GetLoginsAsync(Account user, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        var rows = await session.QueryAsync<LoginRow>(_logins, null, new { id = user.Id }, cancellationToken);
        return [.. rows.Select(r => new UserLoginInfo(r.Provider, r.Subject, null))];
    }

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.EmailNormal);

    // Addresses are made comparable where they are written.
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => throw ByCommand();

    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => throw ByCommand();

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw ByCommand();

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public void Dispose() { }

    private async Task<Account?> FindAsync(Func<Session, Task<Account?>> find)
    {
        await using var session = await database.OpenAsync(CancellationToken.None);
        var account = await find(session);
        if (account is not null)
        {
            _read.Add(account, account.SecurityStamp);
        }
        return account;
    }

    private static object Login(Account account, string provider, string subject) =>
        new
        {
            provider,
            subject,
            id = account.Id,
        };

    private static NotSupportedException ByCommand() => new("Accounts are made, changed and erased by commands, with a revision.");

    private sealed record LoginRow
    {
        public required string Provider { get; init; }
        public required string Subject { get; init; }
    }
}
