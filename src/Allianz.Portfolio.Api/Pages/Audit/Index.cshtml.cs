using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The audit, for administrators; the filters stand in the address.</summary>
[Right(Act.Read, Resource.AuditRecord)]
internal sealed class AuditModel(IMediator mediator, IOptions<AuditOptions> options) : FormPage
{
    private const int PerPage = 50;

    /// <summary>All events by their German names.</summary>
    public static readonly IReadOnlyList<(string Value, string Text)> Events =
    [
        .. Enum.GetValues<AuditEvent>().Select(e => (Codes.Of(e), Name(e))).OrderBy(e => SortText.Of(e.Item2), StringComparer.Ordinal),
    ];

    [BindProperty(SupportsGet = true)]
    public string? Event { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Subject { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Since { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Until { get; set; }

    public IReadOnlyList<ListAuditRecords.Row> Records { get; private set; } = [];

    /// <summary>Where the next page begins.</summary>
    public string? Next { get; private set; }

    public int KeepDays => options.Value.KeepDays;

    public int AddressDays => options.Value.AddressDays;

    public async Task<IActionResult> OnGetAsync([FromQuery] string? before, [FromQuery] Guid? beforeId, CancellationToken ct)
    {
        AuditEvent? happened = Enum.GetValues<AuditEvent>().Cast<AuditEvent?>().FirstOrDefault(e => Codes.Of(e!) == Event);
        if (happened is null && !string.IsNullOrEmpty(Event))
        {
            return BadQuery("event");
        }
        if (before is not null && !DateTimeOffset.TryParseExact(before, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return BadQuery("before");
        }
        var query = new ListAuditRecords.Query(PerPage + 1)
        {
            Event = happened,
            Actor = Filled(Actor),
            Subject = Filled(Subject),
            Since = Day("since", Since) is { } since ? Berlin.StartOf(since) : null,
            Until = Day("until", Until) is { } until ? Berlin.EndOf(until) : null,
            After = before is not null && beforeId is { } id ? new Position("", before, id.ToString()) : null,
        };
        if (Errors.Count > 0)
        {
            return Again();
        }
        var rows = await mediator.Send(query, ct);
        Records = [.. rows.Take(PerPage)];
        if (rows.Count > PerPage)
        {
            var (at, last) = ListAuditRecords.Row.Position(Records[^1]);
            Next = Url.Page(
                "/Audit/Index",
                new
                {
                    Event,
                    Actor,
                    Subject,
                    Since,
                    Until,
                    before = at,
                    beforeId = last,
                }
            );
        }
        return Page();
    }

    /// <summary>When it happened; of what is counted, from when until when.</summary>
    public static string When(ListAuditRecords.Row record)
    {
        var (first, last) = (GermanText.Instant(record.At), GermanText.Instant(record.LastAt));
        return first == last ? first : $"{first} bis {last}";
    }

    /// <summary>The event in German.</summary>
    public static string Name(AuditEvent what) =>
        what switch
        {
            AuditEvent.SignedIn => "Angemeldet",
            AuditEvent.SignInFailed => "Anmeldung abgewiesen",
            AuditEvent.LockedOut => "Zugang vorübergehend gesperrt",
            AuditEvent.SignedOut => "Abgemeldet",
            AuditEvent.SignedOutEverywhere => "Überall abgemeldet",
            AuditEvent.SecondFactorFailed => "Zweiter Faktor abgewiesen",
            AuditEvent.CodeUsedAgain => "Einmalcode zum zweiten Mal eingegeben",
            AuditEvent.SecondFactorSet => "Zweiter Faktor eingerichtet",
            AuditEvent.RecoveryCodeUsed => "Wiederherstellungscode benutzt",
            AuditEvent.RecoveryCodesMade => "Wiederherstellungscodes erneuert",
            AuditEvent.PasswordChanged => "Passwort geändert",
            AuditEvent.PasswordReset => "Passwort über einen Link neu gesetzt",
            AuditEvent.PasswordResetAsked => "Neues Passwort angefordert",
            AuditEvent.InvitationUsed => "Einladung angenommen",
            AuditEvent.LinkSent => "Meldelink verschickt",
            AuditEvent.LinkOpened => "Meldelink geöffnet",
            AuditEvent.LinkRefused => "Link abgewiesen",
            AuditEvent.KeyUsed => "Zugangsschlüssel benutzt",
            AuditEvent.KeyRefused => "Zugangsschlüssel abgewiesen",
            AuditEvent.AccessRefused => "Zugriff verweigert",
            AuditEvent.ReportTaken => "Nicht öffentlicher Bericht abgerufen",
            AuditEvent.PersonExported => "Auskunft über eine Person erteilt",
            _ => Codes.Of(what),
        };

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private DateOnly? Day(string field, string? text)
    {
        if (Filled(text) is not { } filled)
        {
            return null;
        }
        if (
            DateOnly.TryParseExact(filled, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 1900 and < 2200
        )
        {
            return day;
        }
        Wrong(field, "Geben Sie einen Tag an, zum Beispiel 30.06.2026.");
        return null;
    }
}
