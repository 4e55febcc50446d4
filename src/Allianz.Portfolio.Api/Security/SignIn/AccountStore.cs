using Allianz.Portfolio.Api.Database;
using Microsoft.AspNetCore.Identity;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// Identity's store. It writes what belongs to signing in; name, address, role and partner are written by commands, with a revision
/// (<see cref="AccountRows"/>). A change that began from an older security stamp is refused, so nothing that is good once is used twice.
/// </summary>
internal sealed class AccountStore(PortfolioDatabase database) : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>
{
    private static readonly Statement _findById = new(_ => "SELECT a.* FROM Account a WHERE a.Id = @id");

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

    /// <summary>The active account that a link opens, as it was when the link was good: what comes between is noticed by its stamp.</summary>
    public Task<Account?> FindByLinkAsync(LinkPurpose purpose, string? link, DateTimeOffset now, CancellationToken ct) =>
        FindAsync(s => OneTimeLinks.FindAsync(s, purpose, link, now, ct));

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(user, out var read))
        {
            throw new InvalidOperationException("The account was not read by this store.");
        }
        var state = new
        {
            user.Id,
            user.PasswordHash,
            user.SecurityStamp,
            user.TwoFactorKey,
            user.TwoFactorEnabled,
            user.TwoFactorLastStep,
            read,
        };
        var written = await database.WriteAsync(session => session.ExecuteAsync(_update, state, cancellationToken), cancellationToken);
        if (written != 1)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        }
        _read.AddOrUpdate(user, user.SecurityStamp);
        return IdentityResult.Success;
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

    private static NotSupportedException ByCommand() => new("Accounts are made, changed and erased by commands, with a revision.");
}
