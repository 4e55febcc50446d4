using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security.Accounts;

/// <summary>The table of accounts, for whoever makes, changes or erases one. The ledger says that it was done, never what the person is called.</summary>
internal static class AccountRows
{
    private const string Kind = "account";

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Account (Id, [Key], Name, NameSort, Email, EmailNormal, Role, Partner, Active, Language, Demo, PasswordHash,
                SecurityStamp, TwoFactorEnabled, FailedSignIns, CreatedAt, Revision)
            VALUES (@Id, @Key, @Name, @NameSort, @Email, @EmailNormal, @role, @Partner, @Active, @Language, @Demo, @PasswordHash,
                @SecurityStamp, 0, 0, @CreatedAt, @Revision)
            """
    );

    private static readonly Statement _update = new(_ =>
        """
            UPDATE Account SET Name = @Name, NameSort = @NameSort, Email = @Email, EmailNormal = @EmailNormal, Role = @role,
                Partner = @Partner, Active = @Active, Language = @Language, SecurityStamp = @SecurityStamp, Revision = @Revision
            WHERE Id = @Id
            """
    );

    private static readonly Statement _find = new(_ => "SELECT a.* FROM Account a WHERE a.[Key] = @key");

    private static readonly Statement _findByEmail = new(_ => "SELECT a.* FROM Account a WHERE a.EmailNormal = @email");

    private static readonly Statement[] _erase =
    [
        new(_ => "DELETE FROM AccountSession WHERE AccountId = @id"),
        new(_ => "DELETE FROM AccountLink WHERE AccountId = @id"),
        new(_ => "DELETE FROM AccountRecoveryCode WHERE AccountId = @id"),
        new(_ => "DELETE FROM AccountLogin WHERE AccountId = @id"),
        new(_ => "DELETE FROM Account WHERE Id = @id"),
    ];

    public static Task<Account?> FindAsync(Session session, string key, CancellationToken ct) =>
        session.FirstAsync<Account>(_find, null, new { key = key.ToLowerInvariant() }, ct);

    public static Task<Account?> FindByEmailAsync(Session session, string email, CancellationToken ct) =>
        session.FirstAsync<Account>(_findByEmail, null, new { email = Account.Normal(email) }, ct);

    /// <summary>Writes a new one. What identifies it is filled in here.</summary>
    public static async Task InsertAsync(Revision revision, Account account, CancellationToken ct)
    {
        account.Id = Guid.CreateVersion7();
        account.Key = Account.NewKey();
        account.SecurityStamp = Account.NewStamp();
        account.CreatedAt = revision.At;
        await WriteAsync(revision, _insert, account, ct);
        revision.Note(Kind, account.Id, account.Key, null, Visibility.Administration);
    }

    /// <summary>Writes what administrators, or the person, keep of it.</summary>
    /// <param name="fields">Names of what is changed, for the ledger.</param>
    public static async Task UpdateAsync(Revision revision, Account account, IEnumerable<string> fields, CancellationToken ct)
    {
        await WriteAsync(revision, _update, account, ct);
        revision.Note(
            Kind,
            account.Id,
            account.Key,
            Visibility.Administration,
            Visibility.Administration,
            string.Join(",", fields.Order(StringComparer.Ordinal))
        );
    }

    /// <summary>Erases the person: what remains is a random key in the ledger.</summary>
    public static async Task EraseAsync(Revision revision, Account account, CancellationToken ct)
    {
        foreach (var statement in _erase)
        {
            await revision.Session.ExecuteAsync(statement, new { id = account.Id }, ct);
        }
        revision.Note(Kind, account.Id, account.Key, Visibility.Administration, null);
    }

    private static Task WriteAsync(Revision revision, Statement statement, Account account, CancellationToken ct)
    {
        account.NameSort = SortText.Of(account.Name, 200);
        account.Email = account.Email.Trim();
        // Whoever signs in at a provider has no address here. The blank keeps the place from any address that somebody may type.
        account.EmailNormal = account.Email.Length == 0 ? " " + account.Key : Account.Normal(account.Email);
        account.Revision = revision.Number;
        return revision.Session.ExecuteAsync(
            statement,
            new
            {
                account.Id,
                account.Key,
                account.Name,
                account.NameSort,
                account.Email,
                account.EmailNormal,
                role = account.Role.ToString(),
                account.Partner,
                account.Active,
                account.Language,
                account.Demo,
                account.PasswordHash,
                account.SecurityStamp,
                account.CreatedAt,
                account.Revision,
            },
            ct
        );
    }
}
