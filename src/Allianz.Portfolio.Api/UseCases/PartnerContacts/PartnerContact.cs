using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.PartnerContacts;

/// <summary>Where a partner is reminded: functional mailboxes, not addresses of people.</summary>
public sealed record PartnerContactFields
{
    /// <summary>Mailbox of those who report, e.g. `smart-city@example.org`.</summary>
    [MailAddress]
    public string? Mailbox { get; init; }

    /// <summary>Mailbox of the partner's head, who is told when a report is overdue.</summary>
    [MailAddress]
    public string? HeadMailbox { get; init; }

    internal static PartnerContactFields Example => new() { Mailbox = "smart-city@example.org", HeadMailbox = "leitung@example.org" };
}

/// <summary>Where a partner is reminded. Only who keeps the portfolio sees it.</summary>
public sealed record PartnerContact : IRevised
{
    /// <summary>Key of the partner.</summary>
    public required string Partner { get; init; }

    /// <summary>Mailbox of those who report.</summary>
    public string? Mailbox { get; init; }

    /// <summary>Mailbox of the partner's head.</summary>
    public string? HeadMailbox { get; init; }

    /// <summary>The revision that last changed it; 0 when nothing was ever said.</summary>
    public required long Revision { get; init; }

    internal static PartnerContact Example =>
        new()
        {
            Partner = "ihk",
            Mailbox = "smart-city@example.org",
            HeadMailbox = "leitung@example.org",
            Revision = 410,
        };

    internal static readonly Statement Find = new(_ =>
        "SELECT c.Partner, c.Mailbox, c.HeadMailbox, c.Revision FROM PartnerContact c WHERE c.Partner = @partner"
    );
}
