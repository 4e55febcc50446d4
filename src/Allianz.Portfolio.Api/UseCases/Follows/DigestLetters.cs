using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>A project that somebody follows, with what happened to it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Sentences">What happened, at least one.</param>
internal sealed record DigestProject(string Title, IReadOnlyList<string> Sentences);

/// <summary>A report that somebody may read now and might not before.</summary>
internal sealed record DigestReport
{
    /// <summary>Its number.</summary>
    public required long Number { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>The day that it speaks of.</summary>
    public required DateOnly Day { get; init; }
}

/// <summary>What the weekly digest says: one letter about all that somebody follows.</summary>
internal static class DigestLetters
{
    // Letters are read, not searched, and mail servers take no books.
    private const int MostProjects = 40;
    private const int MostReports = 10;
    private const int MostSentences = 12;
    private const int LongestSentence = 400;
    private const int LongestTitle = 300;

    /// <param name="since">The day up to which the last letter told.</param>
    /// <param name="projects">In the order of their titles. There is at least one project or one report.</param>
    /// <param name="reports">The newest first.</param>
    /// <param name="address">Makes the absolute address of a path.</param>
    /// <param name="secret">Of the link that stops it.</param>
    public static LetterParts Of(
        DateOnly since,
        IReadOnlyList<DigestProject> projects,
        IReadOnlyList<DigestReport> reports,
        Func<string, string> address,
        string secret
    )
    {
        var stop = address("unfollow/" + secret);
        var news = reports.Count == 1 ? "1 neuer Sachstandsbericht" : $"{reports.Count} neue Sachstandsberichte";
        var changed = projects.Count == 1 ? "Neues zu 1 Projekt" : $"Neues zu {projects.Count} Projekten";
        var more = Math.Max(0, projects.Count - MostProjects) + Math.Max(0, reports.Count - MostReports);
        return new LetterParts
        {
            Subject =
                projects.Count == 0 ? $"Wochenübersicht: {news}"
                : reports.Count == 0 ? $"Wochenübersicht: {changed}"
                : $"Wochenübersicht: {changed}, {news}",
            Paragraphs =
            [
                projects.Count == 0
                    ? $"seit dem {German.Date(since)} ist erschienen:"
                    : $"das ist seit dem {German.Date(since)} bei den Projekten geschehen, denen Sie folgen:",
            ],
            Items =
            [
                .. projects.Take(MostProjects).Select(Item),
                .. reports
                    .Take(MostReports)
                    .Select(r => new LetterItem(
                        $"Sachstandsbericht Nr. {r.Number}: {LetterParts.Line(r.Title, LongestTitle)}",
                        $"Stand {German.Date(r.Day)}.",
                        new LetterAction("Bericht öffnen", address($"reports/{r.Number}"))
                    )),
            ],
            Action = new LetterAction("Wochenübersicht abbestellen", stop),
            Unsubscribe = stop,
            Remarks =
            [
                .. more == 0 ? [] : new[] { $"Dazu kommen {more} weitere, die hier nicht einzeln genannt sind." },
                "Zum Abbestellen müssen Sie sich nicht anmelden. Leiten Sie diese Nachricht nicht weiter: Wer den Link hat, sieht, welchen Projekten Sie folgen, und kann die Übersicht abbestellen.",
                $"Angemeldet wählen Sie hier aus, welchen Projekten Sie folgen: {address("account/follows")}",
            ],
        };
    }

    private static LetterItem Item(DigestProject project)
    {
        var points = project.Sentences.Take(MostSentences).Select(s => LetterParts.Line(s, LongestSentence)).ToList();
        if (project.Sentences.Count > MostSentences)
        {
            var more = project.Sentences.Count - MostSentences;
            points.Add(more == 1 ? "und eine weitere Änderung" : $"und {more} weitere Änderungen");
        }
        return new(LetterParts.Line(project.Title, LongestTitle), null) { Points = points };
    }
}
