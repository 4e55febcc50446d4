using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.Reminders;

/// <summary>A report that is waited for, as a letter tells of it.</summary>
/// <param name="Project">The project's title.</param>
/// <param name="Partner">The partner's name; absent when nobody leads the project.</param>
/// <param name="Cycle">The cycle.</param>
/// <param name="Link">Where it is reported without an account; absent for who has one.</param>
/// <param name="Unreachable">Nobody of the partner could be reminded.</param>
internal sealed record AwaitedReport(string Project, string? Partner, ReportingCycle Cycle, string? Link = null, bool Unreachable = false);

/// <summary>What reminders say: one letter for all that a receiver is waited for.</summary>
internal static class ReminderLetters
{
    // Letters are read, not searched. A link stands nowhere else, though: where it is the way to report, every report is named.
    private const int Most = 50;

    /// <param name="audience">Who gets it.</param>
    /// <param name="reports">What is waited for, at least one.</param>
    /// <param name="today">The day of the letter.</param>
    /// <param name="status">Where those who sign in see what is waited for.</param>
    public static LetterParts Of(ReminderAudience audience, IReadOnlyList<AwaitedReport> reports, DateOnly today, string status)
    {
        var shown = reports
            .OrderBy(r => r.Cycle.DueOn)
            .ThenBy(r => SortText.Of(r.Project), StringComparer.Ordinal)
            .Where((r, n) => n < Most || r.Link is not null)
            .ToList();
        var more = reports.Count - shown.Count;
        var parts = audience switch
        {
            ReminderAudience.Head => ToHead(reports),
            ReminderAudience.Coordination => ToCoordination(reports, status),
            _ => ToEditors(reports, today, status),
        };
        return parts with
        {
            Items = [.. shown.Select(r => Item(r, audience, today))],
            Remarks = more switch
            {
                0 => parts.Remarks,
                1 => ["Dazu kommt eine weitere, die hier nicht genannt ist.", .. parts.Remarks],
                _ => [$"Dazu kommen {more} weitere, die hier nicht einzeln genannt sind.", .. parts.Remarks],
            },
        };
    }

    private static LetterParts ToEditors(IReadOnlyList<AwaitedReport> reports, DateOnly today, string status)
    {
        var due = reports.Min(r => r.Cycle.DueOn);
        var what =
            reports.Count == 1
                ? $"Statusmeldung zum Projekt „{LetterParts.Line(reports[0].Project, 100)}“"
                : $"{reports.Count} Statusmeldungen";
        var byLink = reports.All(r => r.Link is not null);
        return new LetterParts
        {
            Subject = due < today ? $"Überfällig: {what}" : $"Erinnerung: {what} bis zum {German.Date(due)}",
            Paragraphs =
            [
                reports.Count == 1
                    ? "für die Allianz Smart City Dortmund steht noch eine Statusmeldung Ihrer Organisation aus:"
                    : $"für die Allianz Smart City Dortmund stehen noch {reports.Count} Statusmeldungen Ihrer Organisation aus:",
            ],
            Action = byLink ? null : new LetterAction("Statusmeldungen öffnen", status),
            Remarks =
            [
                "Was Sie zuletzt gemeldet haben, ist schon eingetragen. Hat sich nichts geändert, genügt ein Klick auf „Unverändert melden“.",
                .. byLink
                    ? new[]
                    {
                        "Jeder Link gilt bis zum Ende der Berichtsrunde und für eine einzige Meldung; ein Konto brauchen Sie nicht. Wer den Link hat, kann melden: Geben Sie ihn nur an die Person weiter, die das tun soll.",
                    }
                    : [],
                "Sobald eine Meldung eingegangen ist, erinnern wir nicht mehr an sie. Wenn Ihre Organisation nicht zuständig ist, wenden Sie sich bitte an die Koordination.",
            ],
        };
    }

    private static LetterParts ToHead(IReadOnlyList<AwaitedReport> reports) =>
        new()
        {
            Subject =
                reports.Count == 1 ? "Überfällige Statusmeldung Ihrer Organisation" : "Überfällige Statusmeldungen Ihrer Organisation",
            Paragraphs =
            [
                reports.Count == 1
                    ? "eine Statusmeldung Ihrer Organisation für die Allianz Smart City Dortmund ist überfällig:"
                    : $"{reports.Count} Statusmeldungen Ihrer Organisation für die Allianz Smart City Dortmund sind überfällig:",
            ],
            Remarks =
            [
                (reports.Any(r => r.Unreachable) ? "" : "Die zuständige Stelle in Ihrem Haus haben wir bereits erinnert. ")
                    + "Bitte wirken Sie darauf hin, dass noch gemeldet wird. Sonst steht im Sachstandsbericht an den Verwaltungsvorstand, dass keine Meldung vorliegt.",
            ],
        };

    private static LetterParts ToCoordination(IReadOnlyList<AwaitedReport> reports, string status) =>
        new()
        {
            Subject = reports.Count == 1 ? "Eine Statusmeldung fehlt weiterhin" : $"{reports.Count} Statusmeldungen fehlen weiterhin",
            Paragraphs =
            [
                (reports.Count == 1, reports.All(r => r.Partner is not null)) switch
                {
                    (true, true) => "auch nach den Erinnerungen an den Partner fehlt diese Statusmeldung:",
                    (true, false) => "diese Statusmeldung fehlt:",
                    (false, true) => $"auch nach den Erinnerungen an die Partner fehlen diese {reports.Count} Statusmeldungen:",
                    (false, false) => $"diese {reports.Count} Statusmeldungen fehlen:",
                },
            ],
            Action = new LetterAction("Statusmeldungen öffnen", status),
        };

    private static LetterItem Item(AwaitedReport report, ReminderAudience audience, DateOnly today)
    {
        var cycle = report.Cycle;
        var due =
            today < cycle.DueOn ? $"erbeten bis zum {German.Date(cycle.DueOn)}"
            : today == cycle.DueOn ? $"erbeten bis heute, {German.Date(cycle.DueOn)}"
            : $"erbeten war sie bis zum {German.Date(cycle.DueOn)}, angenommen wird sie noch bis zum {German.Date(cycle.ClosesOn)}";
        return new LetterItem(
            report.Project,
            $"{cycle.Name}: {due}. "
                + (
                    audience == ReminderAudience.Editors ? $"Sie melden für: {report.Partner}."
                    : report.Partner is null ? "Das Projekt hat zurzeit keine Federführung, deshalb wurde niemand erinnert."
                    : $"Federführung: {report.Partner}."
                )
                + (
                    report.Unreachable && audience == ReminderAudience.Coordination
                        ? " Für diesen Partner ist keine Adresse hinterlegt, er wurde nicht erinnert."
                        : ""
                ),
            report.Link is null ? null : new LetterAction("Statusmeldung öffnen", report.Link)
        );
    }
}
