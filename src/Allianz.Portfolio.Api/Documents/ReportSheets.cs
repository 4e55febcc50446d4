using System.Globalization;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>An amount in a table.</summary>
/// <param name="Cents">Whole cents.</param>
internal readonly record struct Euros(long Cents);

/// <summary>A share in a table.</summary>
/// <param name="Part">At least 0.</param>
/// <param name="Whole">Greater than 0, in the same unit.</param>
internal readonly record struct Share(decimal Part, decimal Whole);

/// <summary>A part of a report as a table. Cells are texts, whole numbers, numbers, days, <see cref="Euros"/>, <see cref="Share"/> or nothing.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Columns">Names and widths (in characters) of the columns.</param>
/// <param name="Rows">As many cells each as there are columns.</param>
internal sealed record ReportSheet(string Name, IReadOnlyList<(string Name, int Width)> Columns, IEnumerable<object?[]> Rows);

/// <summary>The parts of a report as tables: what the spreadsheet has a sheet for, and the CSV file is one of.</summary>
internal static class ReportSheets
{
    /// <summary>All parts, in their order. Rows are made when they are asked for.</summary>
    public static IEnumerable<ReportSheet> Of(ShownReport shown)
    {
        var report = shown.Report;
        yield return Overview(shown);
        yield return new(
            "Handlungsfelder",
            [
                ("Handlungsfeld", 40),
                ("Projekte", 12),
                ("davon rot", 12),
                ("davon gelb", 12),
                ("davon grün", 12),
                ("davon nicht gemeldet", 14),
            ],
            report.Counts.FieldsOfAction.Select(field =>
                (object?[])
                    [
                        field.FieldOfAction?.Name ?? "Ohne Handlungsfeld",
                        field.Projects,
                        field.Lights.Red,
                        field.Lights.Amber,
                        field.Lights.Green,
                        field.Lights.NotReported,
                    ]
            )
        );
        yield return new("Änderungen", [.. Project, ("Art", 18), ("Änderung", 90)], Changes(shown));
        yield return Projects(report);
        yield return new(
            "Meilensteine",
            [
                .. Project,
                ("Schlüssel", 18),
                ("Meilenstein", 40),
                ("Soll", 12),
                ("Plan", 12),
                ("Prognose", 12),
                ("Ist", 12),
                ("Gilt", 12),
                ("Verschiebung in Tagen", 14),
                ("Überfällig seit Tagen", 14),
            ],
            report.Projects.SelectMany(project =>
                project.Milestones.Select(milestone =>
                    (object?[])
                        [
                            project.Key,
                            project.Title,
                            milestone.Key,
                            milestone.Title,
                            milestone.BaselineOn,
                            milestone.ApprovedOn,
                            milestone.ForecastOn,
                            milestone.AchievedOn,
                            milestone.CurrentOn,
                            milestone.SlipDays,
                            milestone.OverdueDays > 0 ? milestone.OverdueDays : null,
                        ]
                )
            )
        );
        yield return new(
            "Risiken",
            [
                .. Project,
                ("Schlüssel", 18),
                ("Risiko", 40),
                ("Wahrscheinlichkeit (1–5)", 14),
                ("Auswirkung (1–5)", 14),
                ("Stand", 14),
                ("Maßnahme", 50),
            ],
            report.Projects.SelectMany(project =>
                project.Risks.Select(risk =>
                    (object?[])
                        [
                            project.Key,
                            project.Title,
                            risk.Key,
                            risk.Title,
                            risk.Probability,
                            risk.Impact,
                            German.Name(risk.State),
                            risk.Response,
                        ]
                )
            )
        );
        yield return new(
            "Entscheidungen",
            [.. Project, ("Schlüssel", 18), ("Entscheidungsbedarf", 40), ("Erläuterung", 60), ("Bis", 12), ("Fragt an", 24)],
            report.DecisionRequests.Select(asked =>
                (object?[])[asked.Project.Key, asked.Project.Name, asked.Key, asked.Title, asked.Text, asked.NeededBy, asked.Partner?.Name]
            )
        );
        var titles = report.Projects.ToDictionary(project => project.Key, project => project.Title);
        yield return new(
            "Auffälligkeiten",
            [.. Project, ("Auffälligkeit", 40), ("Beleg", 80)],
            report.Signals.Select(signal =>
                (object?[])[signal.Project, titles.GetValueOrDefault(signal.Project), German.Name(signal.Code), signal.Evidence]
            )
        );
        yield return new(
            "Meldungen",
            [
                .. Project,
                ("Federführung", 30),
                ("Berichtsrunde", 20),
                ("Meldepflicht", 14),
                ("Fällig", 12),
                ("Seit", 12),
                ("Versäumte Runden", 12),
                ("Zuletzt gemeldet", 14),
            ],
            report.Duties.Outstanding.Select(duty =>
                (object?[])
                    [
                        duty.Project.Key,
                        duty.Project.Name,
                        Names(duty.Leads),
                        duty.Cycle.Name,
                        German.Name(duty.State),
                        duty.DueOn,
                        duty.Since,
                        duty.MissedCycles,
                        duty.LastReportedOn,
                    ]
            )
        );
        yield return new(
            "Aufträge",
            [
                ("Schlüssel", 18),
                ("Auftrag", 40),
                ("Erläuterung", 60),
                ("Zuständig", 24),
                ("Projekt", 30),
                ("Fällig", 12),
                ("Überfällig seit Tagen", 14),
                ("Stand", 14),
                ("Erledigt am", 12),
                ("Nachweis", 40),
                ("Erteilt am", 12),
                ("Zu Bericht Nr.", 10),
            ],
            report.Assignments.Select(task =>
                (object?[])
                    [
                        task.Key,
                        task.Title,
                        task.Text,
                        task.Partner?.Name,
                        task.Project?.Name,
                        task.DueOn,
                        task.OverdueDays > 0 ? task.OverdueDays : null,
                        German.Name(task.State),
                        task.DoneOn,
                        task.Evidence,
                        task.GivenOn,
                        task.Report,
                    ]
            )
        );
        yield return new(
            "Beschlüsse",
            [
                ("Schlüssel", 18),
                ("Drucksache", 14),
                ("Politischer Auftrag", 50),
                ("Art", 14),
                ("Gremium", 26),
                ("Beschlossen am", 12),
                ("Fraktion", 24),
                ("Frist", 12),
                ("Überfällig seit Tagen", 14),
                ("Stand", 14),
                ("Öffentlich", 10),
                ("Projekte und Nachweise", 60),
                ("Nächster Schritt", 40),
                ("Adresse", 40),
            ],
            (report.Mandates ?? []).Select(mandate =>
                (object?[])
                    [
                        mandate.Key,
                        mandate.Number,
                        mandate.Title,
                        German.Name(mandate.Kind),
                        mandate.Body,
                        mandate.DecidedOn,
                        mandate.Faction,
                        mandate.DeadlineOn,
                        mandate.OverdueDays > 0 ? mandate.OverdueDays : null,
                        German.Name(mandate.State),
                        YesNo(!mandate.NonPublic),
                        string.Join("\n", mandate.Projects.Select(GermanText.Answer)),
                        mandate.NextStep is { } step ? GermanText.Step(step) : null,
                        mandate.Url,
                    ]
            )
        );
        yield return new(
            "Indikatoren",
            [
                ("Schlüssel", 18),
                ("Indikator", 40),
                ("Stand", 12),
                ("Wert", 12),
                ("Von", 10),
                ("Einheit", 12),
                ("Richtung", 22),
                ("Zwischen Jahren vergleichbar", 16),
                ("Anmerkung", 50),
                ("Quelle", 40),
                ("Handlungsfelder", 40),
                ("Projekte", 60),
            ],
            report.Indicators.SelectMany(indicator =>
                // One without a value has its row, too.
                indicator
                    .Observations.DefaultIfEmpty<ReportObservation?>(null)
                    .Select(seen =>
                        (object?[])
                            [
                                indicator.Key,
                                indicator.Name,
                                seen?.On,
                                seen?.Value,
                                seen?.OutOf,
                                indicator.Unit,
                                German.Name(indicator.Direction),
                                YesNo(!indicator.Relative),
                                seen?.Note,
                                indicator.Source,
                                Names(indicator.FieldsOfAction),
                                string.Join("\n", indicator.Projects.Select(GermanText.Part)),
                            ]
                    )
            )
        );
    }

    /// <summary>Every project of the report.</summary>
    public static ReportSheet Projects(ReportContent report)
    {
        var signals = report.Signals.ToLookup(signal => signal.Project);
        (string Name, int Width, Func<ReportProject, object?> Of)[] columns =
        [
            ("Schlüssel", 22, project => project.Key),
            ("Projekt", 40, project => project.Title),
            ("Handlungsfeld", 30, project => project.FieldOfAction?.Name),
            ("Phase", 16, project => German.Name(project.Phase)),
            ("Beginn", 12, project => project.StartsOn),
            ("Ende", 12, project => project.EndsOn),
            ("Federführung", 30, project => Names(project.Leads)),
            ("Ampel der Projektpartner", 16, project => German.Name(project.Shown)),
            ("Einschätzung der Koordination", 16, project => project.Assessed is { } own ? German.Name((Rag?)own.Rag) : null),
            ("Schweigt", 10, project => YesNo(project.Silent)),
            ("Gemeldet am", 12, project => project.Reported?.ReportedOn),
            ("Unverändert bestätigt am", 12, project => project.Reported?.ConfirmedOn),
            ("Gemeldet von", 24, project => project.Reported?.Partner?.Name),
            ("Termine", 14, project => Light(project, lights => lights.Schedule)),
            ("Kosten", 14, project => Light(project, lights => lights.Cost)),
            ("Leistung", 14, project => Light(project, lights => lights.Scope)),
            ("Ressourcen", 14, project => Light(project, lights => lights.Resources)),
            ("Risiken", 14, project => Light(project, lights => lights.Risk)),
            ("Begründung", 50, project => project.Reported?.Reason),
            ("Begründung der Koordination", 50, project => project.Assessed?.Reason),
            ("Fortschritt", 12, project => project.Progress is { } percent ? new Share(percent, 100) : null),
            ("Budget", 18, project => project.BudgetCents is { } cents ? new Euros(cents) : null),
            ("Ausgegeben", 18, project => project.SpentCents is { } cents ? new Euros(cents) : null),
            (
                "Anteil ausgegeben",
                12,
                project => project is { BudgetCents: > 0 and var budget, SpentCents: { } spent } ? new Share(spent, budget) : null
            ),
            (
                "Finanzierung",
                40,
                project =>
                    project.Funding.Count == 0
                        ? null
                        : string.Join("; ", project.Funding.Select(source => $"{source.Source} {German.Euros(source.Cents)}"))
            ),
            ("Meilensteine", 12, project => project.Milestones.Count),
            ("davon überfällig", 12, project => project.Milestones.Count(milestone => milestone.OverdueDays > 0)),
            ("Auffälligkeiten", 12, project => signals[project.Key].Count()),
            ("Verlauf", 50, project => string.Join(", ", project.Trend.Select(light => $"{light.Cycle.Name}: {German.Name(light.Rag)}"))),
            ("Getan", 50, project => project.Reported?.Done),
            ("Nächste Schritte", 50, project => project.Reported?.Next),
            (
                "Weitere Meldungen",
                50,
                project => project.Others.Count == 0 ? null : string.Join("\n", project.Others.Select(GermanText.Other))
            ),
            ("Kommentar der Koordination", 50, project => project.Comment),
            ("Beispieldaten", 12, project => YesNo(project.ContainsSampleData)),
        ];
        return new(
            "Projekte",
            [.. columns.Select(column => (column.Name, column.Width))],
            report.Projects.Select(project => columns.Select(column => column.Of(project)).ToArray())
        );
    }

    private static readonly (string, int)[] Project = [("Projektschlüssel", 22), ("Projekt", 36)];

    // A row for each thing that changed, as the page and the documents say it.
    private static IEnumerable<object?[]> Changes(ShownReport shown)
    {
        if (shown.Report.Changes is not { Difference: var difference })
        {
            yield break;
        }
        foreach (var (kind, projects) in new[] { ("neu", difference.Added), ("nicht mehr dabei", difference.Removed) })
        {
            foreach (var project in projects)
            {
                yield return [project.Key, project.Name, kind, null];
            }
        }
        foreach (var project in shown.Changed)
        {
            foreach (var sentence in GermanChanges.Sentences(project))
            {
                yield return [project.Project.Key, project.Project.Name, "geändert", sentence];
            }
        }
    }

    private static ReportSheet Overview(ShownReport shown)
    {
        var (report, counts) = (shown.Report, shown.Report.Counts);
        (string, object?)[] rows =
        [
            ("Bericht Nr.", report.Number),
            ("Titel", report.Title),
            ("Stand", report.Day),
            ("Herausgegeben", GermanText.Instant(report.IssuedAt)),
            ("Für", shown.Readers),
            ("Enthält", shown.Scope),
            ("Achtung", shown.Warnings.Any() ? string.Join("\n", shown.Warnings) : null),
            ("Sitzung", report.Meeting?.Body),
            ("Sitzung am", report.Meeting?.MeetingOn),
            ("Ersetzt Bericht Nr.", report.Replaces),
            ("Grund der Berichtigung", report.ReplacesReason),
            ("Enthält Beispieldaten", YesNo(report.ContainsSampleData)),
            ("Vorwort der Koordination", report.Foreword),
            ("Projekte", counts.Projects),
            ("davon rot", counts.Lights.Red),
            ("davon gelb", counts.Lights.Amber),
            ("davon grün", counts.Lights.Green),
            ("davon nicht gemeldet", counts.Lights.NotReported),
            ("Berichtsrunde", report.Duties.Cycle?.Name),
            ("Gemeldet", report.Duties.Reported),
            ("Zu melden", report.Duties.Expected),
            ("Ausstehende Meldungen", report.Duties.Hidden is { Length: > 0 } hidden ? hidden.Trim() : null),
            ("Budget", new Euros(counts.BudgetCents)),
            ("Ausgegeben", new Euros(counts.SpentCents)),
            ("Verglichen mit Bericht Nr.", report.Changes?.Number),
            ("Erzeugt mit", report.Software),
            ("Änderungsstand", report.Revision),
            ("SHA-256 dieses Berichts", shown.Hash),
            ("SHA-256 des Berichts davor", report.PreviousHash),
            ("Prüfen", shown.Verification),
        ];
        return new(
            "Übersicht",
            [("Angabe", 32), ("Wert", 70)],
            rows.Where(row => row.Item2 is not null).Select(row => (object?[])[row.Item1, row.Item2])
        );
    }

    private static string? Light(ReportProject project, Func<ReportLights, Rag?> of) =>
        project.Reported is { } reported ? German.Name(of(reported.Lights)) : null;

    private static string Names(IReadOnlyList<Reference> named) => string.Join(", ", named.Select(one => one.Name));

    private static string YesNo(bool yes) => yes ? "ja" : "nein";

    /// <summary>A cell as German spreadsheets read it from a text file; absent for nothing.</summary>
    public static string? Text(object? cell) =>
        cell switch
        {
            null => null,
            DateOnly day => German.Date(day),
            Euros euros => Money.ToText(euros.Cents).Replace('.', ','),
            Share share => Number((double)(100 * Percent.Fraction(share.Part, share.Whole))) + " %",
            double number => Number(number),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => cell.ToString(),
        };

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture).Replace('.', ',');
}
