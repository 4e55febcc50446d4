using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Account = Allianz.Portfolio.Api.Security.SignIn.Account;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>The account of somebody who signs in with a browser.</summary>
public sealed record UserAccount : IRevised
{
    /// <summary>Random, permanent key; the ledger knows the account by it and by nothing else.</summary>
    public required string Key { get; init; }

    /// <summary>What the person is here, e.g. "Redaktion IHK".</summary>
    public required string Name { get; init; }

    /// <summary>Mail address, with which the person signs in; absent for people who sign in at their organisation's provider.</summary>
    public string? Email { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for.</summary>
    public string? Partner { get; init; }

    /// <summary>Whether it may sign in.</summary>
    public required bool Active { get; init; }

    /// <summary>Language of pages and letters.</summary>
    public required string Language { get; init; }

    /// <summary>Whether the invitation was taken up: a password is set, or a sign-in elsewhere is tied to it.</summary>
    public required bool Ready { get; init; }

    /// <summary>Whether a second factor is set up.</summary>
    public required bool SecondFactor { get; init; }

    /// <summary>Belongs to the demo: signed in by a button, without a password.</summary>
    public bool Demo { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When somebody last signed in with it.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

/// <summary>What administrators set of an account.</summary>
public record AccountFields
{
    /// <summary>What the person is here, e.g. "Redaktion IHK"; a function rather than a name.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>Mail address, with which the person signs in; only people who sign in at their organisation's provider have none.</summary>
    [MailAddress, Text(254)]
    public string? Email { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for; only for partner editors, and needed there.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>Whether it may sign in.</summary>
    public bool Active { get; init; } = true;

    /// <summary>Language of pages and letters.</summary>
    [AllowedValues("de", ErrorMessage = "language must be 'de'.")]
    public string Language { get; init; } = "de";

    /// <param name="needsEmail">It is not one of somebody who signs in elsewhere.</param>
    internal IEnumerable<FieldError> Rules(bool needsEmail = true) =>
        [
            .. Rule.When(needsEmail && Email is null, "/email", "email must be given: the person signs in with it."),
            .. Rule.When(Role == Role.Anonymous, "/role", "role must not be anonymous."),
            .. Rule.When(Role == Role.PartnerEditor && Partner is null, "/partner", "partner must be given for a partner editor."),
            .. Rule.When(Role != Role.PartnerEditor && Partner is not null, "/partner", "partner can be given only for a partner editor."),
        ];

    internal void To(Account account)
    {
        account.Name = Name;
        account.Email = Email ?? "";
        account.Role = Role;
        account.Partner = Partner;
        account.Active = Active;
        account.Language = Language;
    }

    internal static AccountFields Of(Account account) =>
        new()
        {
            Name = account.Name,
            Email = account.Email.Length == 0 ? null : account.Email,
            Role = account.Role,
            Partner = account.Partner,
            Active = account.Active,
            Language = account.Language,
        };

    /// <summary>Names of what differs, for the ledger; of what the account may do also what it was and is.</summary>
    internal IEnumerable<string> Differences(AccountFields other)
    {
        if (Name != other.Name)
        {
            yield return nameof(Name);
        }
        if (Email != other.Email)
        {
            yield return nameof(Email);
        }
        if (Role != other.Role)
        {
            yield return $"{nameof(Role)}={Roles.Code(Role)}>{Roles.Code(other.Role)}";
        }
        if (Partner != other.Partner)
        {
            yield return $"{nameof(Partner)}={Partner}>{other.Partner}";
        }
        if (Active != other.Active)
        {
            yield return nameof(Active);
        }
        if (Language != other.Language)
        {
            yield return nameof(Language);
        }
    }
}

/// <summary>A new account. Its person is invited by mail.</summary>
public sealed record NewAccount : AccountFields
{
    internal static NewAccount Example =>
        new()
        {
            Name = "Redaktion IHK",
            Email = "redaktion@ihk.example",
            Role = Role.PartnerEditor,
            Partner = "ihk",
        };
}

/// <summary>Rules that need to look at the other accounts.</summary>
internal static class AccountRules
{
    private static readonly Statement _sameAddress = new(_ => "SELECT a.[Key] FROM Account a WHERE a.EmailNormal = @email AND a.Id <> @id");

    private static readonly Statement _otherAdministrators = new(_ =>
        "SELECT COUNT(*) FROM Account a WHERE a.Role = 'Administrator' AND a.Active = 1 AND (a.Demo = 0 OR @demo = 1) AND a.Id <> @id"
    );

    /// <summary>409 when somebody else signs in with the address.</summary>
    public static async Task RequireOwnAddressAsync(LedgerState state, string? email, Guid id, CancellationToken ct)
    {
        if (
            email is not null
            && await state.Session.FirstAsync<string>(_sameAddress, null, new { email = Account.Normal(email), id }, ct) is not null
        )
        {
            throw Problem.Conflict("There is already an account with this mail address.", "/email");
        }
    }

    /// <summary>Whether nobody would be left without it who keeps the installation.</summary>
    public static async Task<bool> IsLastAdministratorAsync(LedgerState state, Account account, CancellationToken ct) =>
        account is { Role: Role.Administrator, Active: true }
        // One of the demo may go when a real one is there, but does not stand in for a real one.
        && await state.Session.FirstAsync<int>(_otherAdministrators, null, new { id = account.Id, demo = account.Demo ? 1 : 0 }, ct) == 0;

    /// <summary>409 when nobody would be left who keeps the installation.</summary>
    public static async Task RequireAnotherAdministratorAsync(LedgerState state, Account account, CancellationToken ct)
    {
        if (await IsLastAdministratorAsync(state, account, ct))
        {
            throw Problem.Conflict("This is the last active administrator. Make another one first.");
        }
    }
}
