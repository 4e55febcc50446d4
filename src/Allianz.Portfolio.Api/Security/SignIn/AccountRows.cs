using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security.SignIn;

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
                Partner = @Partner, Active = @Active, Language = @Language, Revision = @Revision
            WHERE Id = @Id
            """
    );

    private static readonly Statement _newStamp = new(_ => "UPDATE Account SET SecurityStamp = @stamp WHERE Id = @id");

    private static readonly Statement _removeSecondFactor = new(_ =>
        """
            UPDATE Account SET TwoFactorKey = NULL, TwoFactorEnabled = 0, TwoFactorLastStep = NULL, SecurityStamp = @stamp,
                Revision = @revision
            WHERE Id = @id
            """
    );

    private static readonly Statement _deleteRecoveryCodes = new(_ => "DELETE FROM AccountRecoveryCode WHERE AccountId = @id");

    private static readonly Statement _find = new(_ => "SELECT a.* FROM Account a WHERE a.[Key] = @key");

    private static readonly Statement _findByEmail = new(_ => "SELECT a.* FROM Account a WHERE a.EmailNormal = @email");

    private static readonly Statement _recipients = new(_ =>
        "SELECT l.Recipient FROM Letter l UNION SELECT u.Recipient FROM UpdateLink u WHERE u.Recipient IS NOT NULL"
    );

    private static readonly Statement _deleteLetters = new(_ => "DELETE FROM Letter WHERE Recipient = @recipient");

    private static readonly Statement _forgetRecipient = new(_ => "UPDATE UpdateLink SET Recipient = NULL WHERE Recipient = @recipient");

    private static readonly Statement[] _erase =
    [
        new(_ => "DELETE FROM AccountSession WHERE AccountId = @id"),
        new(_ => "DELETE FROM AccountLink WHERE AccountId = @id"),
        new(_ => "DELETE FROM KeptForm WHERE AccountId = @id"),
        new(_ => "DELETE FROM DigestLink WHERE AccountId = @id"),
        new(_ => "DELETE FROM Follow WHERE AccountId = @id"),
        _deleteRecoveryCodes,
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
        // What it may do is no secret of the person, and cannot be looked up elsewhere once it was changed.
        var partner = account.Partner is null ? "" : $"Partner={account.Partner},";
        revision.Note(Kind, account.Id, account.Key, null, Visibility.Administration, $"{partner}Role={Roles.Code(account.Role)}");
    }

    /// <summary>Writes what administrators, or the person, keep of it.</summary>
    /// <param name="revision">The command's.</param>
    /// <param name="account">As it is to be.</param>
    /// <param name="cut">Its sessions and links end.</param>
    /// <param name="fields">Names of what is changed, for the ledger.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task UpdateAsync(Revision revision, Account account, bool cut, IEnumerable<string> fields, CancellationToken ct)
    {
        await WriteAsync(revision, _update, account, ct);
        if (cut)
        {
            await CutAsync(revision.Session, account, ct);
        }
        Changed(revision, account, string.Join(",", fields.Order(StringComparer.Ordinal)));
    }

    /// <summary>Ends all sessions of an account, and its open links.</summary>
    public static Task CutAsync(Session session, Account account, CancellationToken ct) =>
        session.ExecuteAsync(_newStamp, new { id = account.Id, stamp = Account.NewStamp() }, ct);

    /// <summary>Takes the second factor and its recovery codes away. Sessions and links end.</summary>
    public static async Task RemoveSecondFactorAsync(Revision revision, Account account, CancellationToken ct)
    {
        await revision.Session.ExecuteAsync(
            _removeSecondFactor,
            new
            {
                id = account.Id,
                stamp = Account.NewStamp(),
                revision = revision.Number,
            },
            ct
        );
        await revision.Session.ExecuteAsync(_deleteRecoveryCodes, new { id = account.Id }, ct);
        Changed(revision, account, "SecondFactor");
    }

    /// <summary>Notes a change of an account in the ledger.</summary>
    public static void Changed(Revision revision, Account account, string fields) =>
        revision.Note(Kind, account.Id, account.Key, Visibility.Administration, Visibility.Administration, fields);

    /// <summary>Erases the person: what remains is a random key in the ledger.</summary>
    public static async Task EraseAsync(Revision revision, Account account, CancellationToken ct)
    {
        foreach (var recipient in await SpellingsAsync(revision.Session, account, ct))
        {
            await revision.Session.ExecuteAsync(_deleteLetters, new { recipient }, ct);
            await revision.Session.ExecuteAsync(_forgetRecipient, new { recipient }, ct);
        }
        foreach (var statement in _erase)
        {
            await revision.Session.ExecuteAsync(statement, new { id = account.Id }, ct);
        }
        revision.Note(Kind, account.Id, account.Key, Visibility.Administration, null);
    }

    /// <summary>The account's address as letters and update links spell it. What differs in case only is one, which engines judge otherwise.</summary>
    public static async Task<IReadOnlyList<string>> SpellingsAsync(Session session, Account account, CancellationToken ct) =>
        [.. (await session.QueryAsync<string>(_recipients, null, null, ct)).Where(r => Account.Normal(r) == account.EmailNormal)];

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
