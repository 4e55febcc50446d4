using System.Globalization;
using System.IO.Compression;
using Allianz.Portfolio.Domain;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.CustomProperties;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>A report as a Word document.</summary>
internal sealed class DocxReport
{
    // Whoever has more of them reads the tables; a document with hundreds of pictures opens slowly.
    private const int MostTimelineRows = 140;
    private const int MostMilestoneCharts = 24;

    private readonly ReportContent _report;
    private readonly ShownReport _shown;
    private readonly HashSet<string> _pictured;
    private readonly ILookup<FieldCount, Chart> _timelines;

    // Some pictures were left out.
    private readonly bool _hasMore;

    private DocxReport(ShownReport shown)
    {
        (_report, _shown) = (shown.Report, shown);
        // The red and the most delayed first.
        var moved = _report
            .Projects.Where(project => Charts.Milestones(shown, project) is not null)
            .OrderByDescending(project => project.Shown ?? project.Assessed?.Rag)
            .ThenByDescending(project => project.Milestones.Max(milestone => milestone.SlipDays ?? 0))
            .Select(project => project.Key)
            .ToList();
        _pictured = [.. moved.Take(MostMilestoneCharts)];
        var rows = 0;
        var timelines = shown
            .Fields.SelectMany(field =>
                Charts.Timelines(_report, field.Projects, NameOf(field.Field)).Select(chart => (field.Field, Chart: chart))
            )
            .ToLookup(it => (rows += it.Chart.Table!.Rows.Count) <= MostTimelineRows);
        _timelines = timelines[true].ToLookup(it => it.Field, it => it.Chart);
        _hasMore = timelines.Contains(false) || moved.Count > MostMilestoneCharts;
    }

    /// <summary>Writes the document; the same report with the same template is always the same bytes.</summary>
    /// <param name="shown">The report.</param>
    /// <param name="template">How it looks.</param>
    /// <param name="output">Written to, not closed.</param>
    public static void Write(ShownReport shown, ReportTemplate template, Stream output)
    {
        var source = new DocxReport(shown);
        using var stream = new MemoryStream();
        stream.Write(template.Package);
        Document root;
        Body body;
        IReadOnlyDictionary<string, string> styles;
        DocxBody first;
        string name;
        using (var document = WordprocessingDocument.Open(stream, isEditable: true))
        {
            var main = document.MainDocumentPart!;
            (root, body) = (main.Document!, main.Document!.Body!);
            name = main.Uri.OriginalString.TrimStart('/');
            styles = ReportTemplate.StylesOf(document);
            // A first pass without writing: headings for the contents, pictures for their parts.
            first = new DocxBody(null, styles, Width(body));
            source.Content(first, []);
            var pictures = new byte[first.Charts.Count][];
            Parallel.For(0, pictures.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, n => pictures[n] = first.Charts[n].Png());
            foreach (var (n, picture) in pictures.Index())
            {
                using var bytes = new MemoryStream(picture);
                main.AddImagePart(ImagePartType.Png, DocxBody.Relation(n + 1)).FeedData(bytes);
            }
            source.Fill(main);
            source.Describe(document);
        }

        stream.Position = 0;
        using var made = new ZipArchive(stream, ZipArchiveMode.Read);
        using var written = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var entry in made.Entries)
        {
            var copy = written.CreateEntry(entry.FullName, CompressionLevel.Fastest);
            copy.LastWriteTime = shown.Report.IssuedAt.ToUniversalTime();
            using var to = copy.Open();
            if (entry.FullName != name)
            {
                using var from = entry.Open();
                from.CopyTo(to);
                continue;
            }
            using var writer = OpenXmlWriter.Create(to);
            writer.WriteStartDocument(true);
            writer.WriteStartElement(root);
            writer.WriteStartElement(body);
            var place = body.Elements<Paragraph>().FirstOrDefault(paragraph => paragraph.InnerText.Trim() == "{Inhalt}");
            var before = place is null ? body.ChildElements.Where(element => element is not SectionProperties) : place.ElementsBefore();
            foreach (var element in before)
            {
                writer.WriteElement(element);
            }
            source.Content(new DocxBody(writer, styles, Width(body)), first.Headings);
            foreach (var element in place is null ? body.Elements<SectionProperties>() : place.ElementsAfter())
            {
                writer.WriteElement(element);
            }
            writer.WriteEndElement();
            writer.WriteEndElement();
        }
    }

    // In twentieths of a point; A4 with usual margins when the template does not say.
    private static int Width(Body body)
    {
        var section = body.Elements<SectionProperties>().LastOrDefault();
        var page = (int?)section?.GetFirstChild<PageSize>()?.Width?.Value ?? 11906;
        var margin = section?.GetFirstChild<PageMargin>();
        return Math.Max(2000, page - (int)(margin?.Left?.Value ?? 1134) - (int)(margin?.Right?.Value ?? 1134));
    }

    private void Fill(MainDocumentPart main)
    {
        foreach (
            var paragraph in main
                .HeaderParts.SelectMany(part => part.Header?.Descendants<Paragraph>() ?? [])
                .Concat(main.FooterParts.SelectMany(part => part.Footer?.Descendants<Paragraph>() ?? []))
                .Concat(main.Document!.Body!.Descendants<Paragraph>())
                .ToList()
        )
        {
            var texts = paragraph.Descendants<Text>().ToList();
            var all = string.Concat(texts.Select(text => text.Text));
            if (!all.Contains('{', StringComparison.Ordinal) || all.Trim() == "{Inhalt}")
            {
                continue;
            }
            foreach (
                var (word, value) in new[]
                {
                    ("{Nummer}", _report.Number.ToString(CultureInfo.InvariantCulture)),
                    ("{Titel}", _report.Title),
                    ("{Stand}", German.Date(_report.Day)),
                    ("{Prüfsumme}", _shown.Hash),
                }
            )
            {
                Replace(texts, word, Chart.Readable(value));
            }
        }
    }

    // Word cuts what was typed in one go into any number of pieces.
    private static void Replace(List<Text> texts, string word, string value)
    {
        for (var from = 0; ; )
        {
            var all = string.Concat(texts.Select(text => text.Text));
            var at = all.IndexOf(word, from, StringComparison.Ordinal);
            if (at < 0)
            {
                return;
            }
            var (begin, isPut) = (0, false);
            foreach (var text in texts)
            {
                var end = begin + text.Text.Length;
                var (left, right) = (Math.Clamp(at, begin, end) - begin, Math.Clamp(at + word.Length, begin, end) - begin);
                begin = end;
                if (left == right)
                {
                    continue;
                }
                text.Text = text.Text[..left] + (isPut ? "" : value) + text.Text[right..];
                text.Space = SpaceProcessingModeValues.Preserve;
                isPut = true;
            }
            from = at + value.Length;
        }
    }

    private void Describe(WordprocessingDocument document)
    {
        var properties = document.PackageProperties;
        properties.Title = Chart.Readable(_report.Title);
        properties.Subject = $"Sachstandsbericht Nr. {_report.Number}, Stand {German.Date(_report.Day)}";
        properties.Creator = "Allianz Smart City Dortmund, Koordination";
        properties.LastModifiedBy = properties.Creator;
        properties.Keywords = $"SHA-256 {_shown.Hash}";
        properties.Language = "de-DE";
        properties.Created = properties.Modified = _report.IssuedAt.UtcDateTime;
        properties.Revision = "1";
        var part = document.CustomFilePropertiesPart;
        if (part is null)
        {
            part = document.AddNewPart<CustomFilePropertiesPart>("rIdReportProperties");
            part.Properties = new Properties();
        }
        var own = part.Properties ??= new Properties();
        var next = own.Elements<CustomDocumentProperty>().Select(it => it.PropertyId?.Value ?? 1).DefaultIfEmpty(1).Max() + 1;
        foreach (
            var (name, value) in new[]
            {
                ("Berichtsnummer", _report.Number.ToString(CultureInfo.InvariantCulture)),
                ("Prüfsumme", _shown.Hash),
            }
        )
        {
            foreach (var old in own.Elements<CustomDocumentProperty>().Where(it => it.Name?.Value == name).ToList())
            {
                old.Remove();
            }
            own.Append(
                new CustomDocumentProperty(new DocumentFormat.OpenXml.VariantTypes.VTLPWSTR(value))
                {
                    FormatId = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}",
                    PropertyId = next++,
                    Name = name,
                }
            );
        }
    }

    private void Content(DocxBody to, IReadOnlyList<(int, string)> headings)
    {
        Front(to);
        AtAGlance(to);
        to.Contents(headings);
        if (_report.Foreword is { } foreword)
        {
            to.Heading(1, "Vorwort der Koordination");
            to.Text(foreword);
        }
        Overview(to);
        AllThatMatters(to);
        Projects(to);
        Assignments(to);
        Mandates(to);
        Indicators(to);
        Silent(to);
        Method(to);
        Proof(to);
    }

    private void Front(DocxBody to)
    {
        to.Title(_report.Title, $"Sachstandsbericht Nr. {_report.Number}");
        List<string> facts =
        [
            $"Stand {German.Date(_report.Day)}",
            $"herausgegeben {GermanText.Instant(_report.IssuedAt)}",
            $"für: {_shown.Readers}",
        ];
        if (_report.Meeting is { } meeting)
        {
            facts.Add($"{meeting.Body}, {German.Date(meeting.MeetingOn)}{(meeting.Place is null ? "" : $", {meeting.Place}")}");
        }
        if (_report.Period is { } period)
        {
            facts.Add($"Zeitraum {GermanText.Instant(period.From)} bis {GermanText.Instant(period.Until)}");
        }
        to.Text(string.Join(" · ", facts));
        foreach (var warning in _shown.Warnings)
        {
            to.Notice(warning);
        }
        to.Text(_shown.Scope);
        if (_report.ContainsSampleData)
        {
            to.Notice("Enthält Beispieldaten: Ampeln, Termine und Texte sind zur Vorführung erfunden.");
        }
        if (_report.Replaces is { } replaced)
        {
            to.Notice($"Berichtigung: Dieser Bericht ersetzt den Bericht Nr. {replaced}. Grund: {_report.ReplacesReason}");
        }
    }

    private void AtAGlance(DocxBody to)
    {
        var counts = _report.Counts;
        to.Heading(1, "Auf einen Blick");
        to.Text(
            $"{GermanText.Count(counts.Projects, "Projekt", "Projekte")}: rot {counts.Lights.Red}, gelb {counts.Lights.Amber}, grün {counts.Lights.Green}, nicht gemeldet {counts.Lights.NotReported}. "
                + $"Statusmeldungen: {_report.Duties.Text}. Budget {German.Euros(counts.BudgetCents)}, davon ausgegeben {German.Euros(counts.SpentCents)}{GermanText.Share(counts.SpentCents, counts.BudgetCents)}."
        );

        to.Heading(2, "Was sich seit dem letzten Bericht geändert hat");
        if (_report.Changes is not { Difference: var difference } changes)
        {
            to.Text("Dies ist der erste Bericht seiner Reihe.");
        }
        else
        {
            to.Text(
                $"Verglichen mit Bericht Nr. {changes.Number} vom Stand {German.Date(changes.Day)}: "
                    + (difference.IsEmpty ? _shown.Empty("nichts.") : string.Join(", ", ShownReport.Sums(difference)) + ".")
            );
            Changes(to, difference, ShownReport.AtFirst);
        }

        to.Heading(2, "Was rot ist und warum");
        Red(to, ShownReport.AtFirst);

        to.Heading(2, "Was zu entscheiden ist");
        Decisions(to, ShownReport.AtFirst);

        to.Heading(2, $"Was in den nächsten {PortfolioSummary.NextDays} Tagen fällig ist");
        Due(to, ShownReport.AtFirst);
    }

    // What did not fit at a glance, in full.
    private void AllThatMatters(DocxBody to)
    {
        if (_shown.HasMoreChanges)
        {
            to.Heading(1, $"Alle Änderungen seit Bericht Nr. {_report.Changes!.Number}");
            Changes(to, _report.Changes.Difference, int.MaxValue);
        }
        if (_shown.Red.Count > ShownReport.AtFirst)
        {
            to.Heading(1, "Alle roten Projekte");
            Red(to, int.MaxValue);
        }
        if (_report.DecisionRequests.Count > ShownReport.AtFirst)
        {
            to.Heading(1, "Aller Entscheidungsbedarf");
            Decisions(to, int.MaxValue);
        }
        if (_report.OverdueMilestones.Count > ShownReport.AtFirst || _report.NextMilestones.Count > ShownReport.AtFirst)
        {
            to.Heading(1, "Alle überfälligen und kommenden Meilensteine");
            Due(to, int.MaxValue);
        }
    }

    private void Changes(DocxBody to, SnapshotDifference difference, int most)
    {
        foreach (var (what, projects) in new[] { ("Neu", difference.Added), ("Nicht mehr dabei", difference.Removed) })
        {
            if (projects.Count > 0)
            {
                to.Bullet($"{what}: {string.Join(", ", projects.Take(most).Select(project => project.Name))}{Rest(projects.Count, most)}");
            }
        }
        foreach (var project in _shown.Changed.Take(most))
        {
            to.Bullet($"{project.Project.Name}: {string.Join("; ", GermanChanges.Sentences(project))}");
        }
        More(to, _shown.Changed.Count, most);
    }

    private void Red(DocxBody to, int most)
    {
        if (_shown.Red.Count == 0)
        {
            to.Text(_shown.Empty("Kein Projekt steht auf Rot."));
            return;
        }
        to.Table(
            "Rote Projekte und ihre Begründungen",
            ["Projekt", "Ampel der Projektpartner", "Einschätzung der Koordination"],
            [26, 37, 37],
            _shown
                .Red.Take(most)
                .Select(project =>
                    Row(
                        project.Title,
                        Cell.Light(project.Shown, project.Shown == Rag.Red ? project.Reported?.Reason : null),
                        project.Assessed is { } own ? Cell.Light(own.Rag, own.Reason) : _shown.EmptyCell("keine")
                    )
                )
        );
        More(to, _shown.Red.Count, most);
    }

    private void Decisions(DocxBody to, int most)
    {
        if (_report.DecisionRequests.Count == 0)
        {
            to.Text(_shown.Empty("Nichts."));
            return;
        }
        to.Table(
            "Offener Entscheidungsbedarf, das Dringendste zuerst",
            ["Entscheidungsbedarf", "Projekt", "Bis", "Fragt an"],
            [46, 24, 12, 18],
            _report
                .DecisionRequests.Take(most)
                .Select(asked =>
                    Row(
                        asked.Text is null ? asked.Title : $"{asked.Title}\n{asked.Text}",
                        asked.Project.Name,
                        GermanText.Date(asked.NeededBy),
                        asked.Partner?.Name
                    )
                )
        );
        More(to, _report.DecisionRequests.Count, most);
    }

    private void Due(DocxBody to, int most)
    {
        if (_report.OverdueMilestones.Count + _report.NextMilestones.Count == 0)
        {
            to.Text(_shown.Empty("Kein Meilenstein."));
        }
        foreach (
            var (caption, late, milestones) in new[]
            {
                ("Überfällige Meilensteine", true, _report.OverdueMilestones),
                ("Kommende Meilensteine", false, _report.NextMilestones),
            }
        )
        {
            if (milestones.Count == 0)
            {
                continue;
            }
            to.Table(
                caption,
                ["Meilenstein", "Projekt", "Termin", late ? "Überfällig seit" : "Gegenüber dem Plan"],
                [38, 28, 14, 20],
                milestones
                    .Take(most)
                    .Select(milestone =>
                        Row(
                            milestone.Title,
                            milestone.Project.Name,
                            German.Date(milestone.CurrentOn),
                            late ? German.DaysAgo(milestone.OverdueDays) : GermanText.Slip(milestone.SlipDays)
                        )
                    )
            );
            More(to, milestones.Count, most);
        }
    }

    private void Overview(DocxBody to)
    {
        to.Heading(1, "Überblick");
        if (Charts.LightsOverCycles(_report) is { } lights)
        {
            Figure(to, lights);
        }
        var total = _report.Counts;
        to.Table(
            "Projekte nach Handlungsfeld und Ampel der Projektpartner",
            ["Handlungsfeld", "Projekte", "■ rot", "▲ gelb", "● grün", "○ nicht gemeldet"],
            [40, 12, 10, 10, 10, 18],
            total
                .FieldsOfAction.Select(field => Line(NameOf(field), field.Projects, field.Lights))
                .Append(Line("Zusammen", total.Projects, total.Lights))
        );
        var phases = total
            .Phases.Where(phase => phase.Projects > 0)
            .Select(phase => $"{German.Name(phase.Phase)} {phase.Projects}")
            .ToList();
        if (phases.Count > 0)
        {
            to.Text($"Nach Phase: {string.Join(", ", phases)}.");
        }

        static IReadOnlyList<Cell> Line(string name, int projects, RagCounts lights) =>
            [
                name,
                Cell.Number(projects),
                Cell.Number(lights.Red),
                Cell.Number(lights.Amber),
                Cell.Number(lights.Green),
                Cell.Number(lights.NotReported),
            ];
    }

    private void Projects(DocxBody to)
    {
        to.Heading(1, "Die Projekte nach Handlungsfeldern");
        if (_report.Projects.Count == 0)
        {
            to.Text(_shown.Empty("Der Bericht enthält keine Projekte."));
        }
        if (_hasMore)
        {
            to.Text("Bei so vielen Projekten stehen Termine zum Teil nur in Tabellen, nicht auch in Schaubildern.");
        }
        foreach (var (field, projects) in _shown.Fields)
        {
            to.Heading(2, NameOf(field));
            foreach (var chart in _timelines[field])
            {
                Figure(to, chart);
            }
            foreach (var project in projects)
            {
                Project(to, project);
            }
        }
    }

    private void Project(DocxBody to, ReportProject project)
    {
        to.Heading(3, project.Title);
        to.Table($"Stand des Projekts {project.Title}", ["Angabe", "Stand"], [28, 72], Facts(project));
        if (project.Milestones.Count > 0)
        {
            var hasBefore = _shown.HasBefore(project);
            to.Table(
                $"Meilensteine von {project.Title}",
                [
                    "Meilenstein",
                    "Soll",
                    "Plan",
                    .. hasBefore ? ["voriger Bericht"] : Array.Empty<string>(),
                    "Prognose",
                    "Ist",
                    "Verschiebung",
                ],
                hasBefore ? [22, 13, 13, 13, 13, 13, 15] : [31, 13, 13, 13, 13, 17],
                project.Milestones.Select(milestone =>
                    Row([
                        milestone.Title,
                        GermanText.Date(milestone.BaselineOn),
                        GermanText.Date(milestone.ApprovedOn),
                        .. hasBefore ? [GermanText.Date(_shown.Before(project, milestone))] : Array.Empty<Cell>(),
                        GermanText.Date(milestone.ForecastOn),
                        GermanText.Date(milestone.AchievedOn),
                        GermanText.Slip(milestone.SlipDays)
                            + (milestone.OverdueDays > 0 ? $", seit {German.DaysAgo(milestone.OverdueDays)} überfällig" : ""),
                    ])
                )
            );
        }
        if (_pictured.Contains(project.Key))
        {
            Figure(to, Charts.Milestones(_shown, project)!);
        }
        if (project.Risks.Count > 0)
        {
            to.Table(
                $"Risiken von {project.Title}",
                ["Risiko", "Wahrscheinlichkeit (1–5)", "Auswirkung (1–5)", "Stand", "Maßnahme"],
                [32, 15, 13, 12, 28],
                project.Risks.Select(risk =>
                    Row(risk.Title, Cell.Number(risk.Probability), Cell.Number(risk.Impact), German.Name(risk.State), risk.Response)
                )
            );
        }
        foreach (var signal in _shown.Signals[project.Key])
        {
            to.Bullet($"Auffälligkeit „{German.Name(signal.Code)}“: {signal.Evidence}");
        }
        if (project.Comment is { } comment)
        {
            to.Text($"Kommentar der Koordination: {comment}");
        }
    }

    private IEnumerable<IReadOnlyList<Cell>> Facts(ReportProject project)
    {
        yield return ["Ampel der Projektpartner", Cell.Light(project.Shown, project.Silent ? "das Projekt schweigt" : null)];
        yield return
        [
            "Einschätzung der Koordination",
            project.Assessed is { } own ? Cell.Light(own.Rag, own.Reason) : _shown.EmptyCell("keine"),
        ];
        if (project.Trend.Count > 0)
        {
            yield return
            [
                "Verlauf",
                string.Join(" → ", project.Trend.Select(light => $"{light.Cycle.Name}: {GermanText.LightInText(light.Rag)}")),
            ];
        }
        yield return ["Federführung", GermanText.Names(project.Leads)];
        yield return ["Phase, Laufzeit", $"{German.Name(project.Phase)}, {GermanText.Span(project.StartsOn, project.EndsOn)}"];
        yield return ["Fortschritt", project.Progress is { } progress ? $"{progress} %" : "–"];
        yield return ["Budget", GermanText.Euros(project.BudgetCents)];
        if (project.Funding.Count > 0)
        {
            yield return
            [
                "Finanzierung",
                string.Join("; ", project.Funding.Select(source => $"{source.Source} {German.Euros(source.Cents)}")),
            ];
        }
        yield return ["Ausgegeben", GermanText.Euros(project.SpentCents) + GermanText.Share(project.SpentCents, project.BudgetCents)];
        if (project.Reported is { } reported)
        {
            yield return
            [
                "Gemeldet",
                $"{German.Date(reported.ReportedOn)}{(reported.Partner is { } by ? $", {by.Name}" : "")}"
                    + (reported.ConfirmedOn is { } confirmed ? $", unverändert bestätigt am {German.Date(confirmed)}" : ""),
            ];
            yield return
            [
                project.Silent ? "Nach Bereichen (veraltet)" : "Nach Bereichen",
                string.Join(
                    ", ",
                    GermanText
                        .Lights(reported.Lights)
                        .Select(light => $"{German.Name(light.Dimension)} {GermanText.LightInText(light.Rag)}")
                ),
            ];
            foreach (
                var (name, text) in new[] { ("Begründung", reported.Reason), ("Getan", reported.Done), ("Nächste Schritte", reported.Next) }
            )
            {
                if (text is not null)
                {
                    yield return [name, text];
                }
            }
        }
        foreach (var other in project.Others)
        {
            yield return ["Weitere Meldung", GermanText.Other(other)];
        }
        if (project.ContainsSampleData)
        {
            yield return ["Hinweis", "Enthält Beispieldaten."];
        }
    }

    private void Assignments(DocxBody to)
    {
        to.Heading(1, "Aufträge aus früheren Sitzungen");
        if (_report.Assignments.Count == 0)
        {
            to.Text(_shown.Empty("Es ist kein Auftrag offen."));
            return;
        }
        to.Table(
            "Offene Aufträge und solche, die seit dem letzten Bericht geschlossen wurden",
            ["Auftrag", "Zuständig", "Fällig", "Stand", "Erteilt"],
            [36, 17, 16, 16, 15],
            _report.Assignments.Select(task =>
                Row(
                    Lines(task.Title, task.Text, task.Project is { } about ? $"Projekt: {about.Name}" : null),
                    task.Partner?.Name,
                    Lines(GermanText.Date(task.DueOn), Late(task.OverdueDays)),
                    Lines($"{German.Name(task.State)}{(task.DoneOn is { } done ? $" am {German.Date(done)}" : "")}", task.Evidence),
                    Lines(GermanText.Date(task.GivenOn), task.Report is { } upon ? $"zu Bericht Nr. {upon}" : null)
                )
            )
        );
    }

    private void Mandates(DocxBody to)
    {
        if (_report.Mandates is not { } mandates)
        {
            return;
        }
        to.Heading(1, "Beschlussverfolgung");
        if (mandates.Count == 0)
        {
            to.Text(_shown.Empty("Es ist kein politischer Auftrag erfasst."));
        }
        foreach (
            var (title, hidden) in new[]
            {
                ("Öffentliche Beschlüsse und Aufträge", false),
                ("Nichtöffentliche Beschlüsse und Aufträge", true),
            }
        )
        {
            var listed = mandates.Where(mandate => mandate.NonPublic == hidden).ToList();
            if (listed.Count == 0)
            {
                continue;
            }
            to.Heading(2, title);
            to.Table(
                title,
                ["Politischer Auftrag", "Herkunft", "Frist", "Stand", "Projekte und Nachweise", "Nächster Schritt"],
                [26, 16, 13, 11, 20, 14],
                listed.Select(mandate =>
                    Row(
                        Lines(
                            mandate.Title,
                            $"{German.Name(mandate.Kind)}{(mandate.Number is null ? "" : $", Drucksache {mandate.Number}")}",
                            mandate.Url
                        ),
                        Lines(
                            string.Join(
                                ", ",
                                new[] { mandate.Body, mandate.DecidedOn is { } on ? German.Date(on) : null }.OfType<string>()
                            ),
                            mandate.Faction is { } faction ? $"auf Antrag: {faction}" : null
                        ),
                        Lines(GermanText.Date(mandate.DeadlineOn), Late(mandate.OverdueDays)),
                        German.Name(mandate.State),
                        string.Join("\n", mandate.Projects.Select(GermanText.Answer)),
                        mandate.NextStep is { } step ? GermanText.Step(step) : null
                    )
                )
            );
        }
    }

    private void Indicators(DocxBody to)
    {
        if (_report.Indicators.Count == 0)
        {
            return;
        }
        to.Heading(1, "Indikatoren");
        foreach (var indicator in _report.Indicators)
        {
            to.Heading(2, indicator.Name);
            to.Text(GermanText.Reading(indicator));
            if (indicator.Projects.Count > 0)
            {
                to.Text("Projekte, die dazu beitragen:");
            }
            foreach (var part in indicator.Projects)
            {
                to.Bullet(GermanText.Part(part));
            }
            if (indicator.Relative)
            {
                to.Notice(
                    "Vorsicht: Ränge und Vergleichswerte sind zwischen den Jahren nicht vergleichbar. Sie hängen auch davon ab, wer verglichen wird und wie gemessen wurde."
                );
            }
            if (indicator.Observations.Count == 0)
            {
                to.Text("Noch kein Wert.");
                continue;
            }
            to.Table(
                $"Werte: {indicator.Name}",
                ["Stand", "Wert", "Anmerkung"],
                [18, 22, 60],
                indicator.Observations.Select(seen =>
                    Row(
                        German.Date(seen.On),
                        new Cell(German.Number(seen.Value) + (seen.OutOf is { } all ? $" von {all}" : ""), IsNumber: true),
                        seen.Note
                    )
                )
            );
        }
    }

    private void Silent(DocxBody to)
    {
        to.Heading(1, "Schweigende Projekte");
        if (_shown.Silent.Count == 0)
        {
            to.Text(_shown.Empty("Kein Projekt schweigt."));
            return;
        }
        to.Text("Ihre letzte Meldung ist zu alt, um noch für sie zu sprechen.");
        to.Table(
            "Schweigende Projekte mit ihrer letzten Meldung",
            ["Projekt", "Federführung", "Zuletzt gemeldet", "Damals"],
            [38, 28, 17, 17],
            _shown.Silent.Select(project =>
                Row(
                    project.Title,
                    GermanText.Names(project.Leads),
                    GermanText.Date(project.Reported?.ConfirmedOn ?? project.Reported?.ReportedOn),
                    Cell.Light(project.Reported?.Rag)
                )
            )
        );
    }

    private void Method(DocxBody to)
    {
        to.Heading(1, "Methode und Vollständigkeit");
        var duties = _report.Duties;
        to.Text(
            $"Statusmeldungen: {duties.Text}"
                + (
                    duties is { Cycle: { } cycle, DueOn: { } dueOn }
                        ? $" in der Berichtsrunde {cycle.Name}, fällig am {German.Date(dueOn)}."
                        : "."
                )
                + duties.Hidden
        );
        if (duties.Outstanding.Count > 0)
        {
            to.Table(
                "Ausstehende Meldungen",
                ["Projekt", "Federführung", "Meldepflicht", "Zuletzt gemeldet"],
                [36, 28, 19, 17],
                duties.Outstanding.Select(duty =>
                    Row(
                        duty.Project.Name,
                        GermanText.Names(duty.Leads),
                        German.Name(duty.State) + (duty.MissedCycles > 1 ? $" ({duty.MissedCycles} Runden)" : ""),
                        GermanText.Date(duty.LastReportedOn)
                    )
                )
            );
        }
        if (_report.Data.Any(share => share.Projects > 0))
        {
            to.Table(
                "Vollständigkeit der Angaben zu laufenden Projekten",
                ["Angabe", "Vorhanden"],
                [60, 40],
                _report.Data.Select(share => Row(ShownReport.NameOf(share), new Cell(share.Text, IsNumber: true)))
            );
        }
        to.Text(
            "Ampel: grün (●) heißt innerhalb der Toleranz, gelb (▲) eine Abweichung, die das Projekt selbst beheben kann, rot (■) es braucht eine Entscheidung oberhalb des Projekts; grau (○) heißt, dass keine Meldung vorliegt, die noch gilt. "
                + "Die Ampel eines Projekts ist die schlechteste seiner Bereiche, wie seine Partner sie melden; die Koordination stellt ihre Einschätzung daneben."
        );
        if (_report.Thresholds is { } thresholds)
        {
            to.Text("Auffällig ist:");
            foreach (var rule in _shown.Rules(thresholds))
            {
                to.Bullet(rule);
            }
        }
        if (_report.Software is { } software)
        {
            to.Text($"Erzeugt mit {software}.");
        }
    }

    private void Proof(DocxBody to)
    {
        to.Heading(1, "Prüfsumme");
        to.Text(
            $"Dieses Dokument ist aus der eingefrorenen Datei des Berichts gemacht (Änderungsstand {_report.Revision}). SHA-256 dieser Datei: {_shown.Hash}"
        );
        to.Text($"SHA-256 des Berichts davor, wie sie in der Datei steht: {_report.PreviousHash}");
        to.Text($"Ob der Bericht noch ist, was herausgegeben wurde, und ob es einen neueren gibt, sagt die Seite {_shown.Verification}");
    }

    private static void Figure(DocxBody to, Chart chart)
    {
        to.Picture(chart);
        if (chart.Note is { } note)
        {
            to.Text(note);
        }
        if (chart.Table is { } table)
        {
            to.Table(
                $"Daten der Abbildung: {chart.Caption}",
                table.Header,
                [.. table.Header.Select((_, n) => n == 0 ? 30 : 17)],
                table.Rows.Select(row => Row([.. row.Select((text, n) => n == 0 ? (Cell)text : new Cell(text, IsNumber: true))]))
            );
        }
    }

    private static IReadOnlyList<Cell> Row(params Cell[] cells) => cells;

    private static void More(DocxBody to, int count, int most)
    {
        if (count > most)
        {
            to.Text($"Dazu {count - most} weitere; alle stehen weiter hinten.");
        }
    }

    private static string Rest(int count, int most) => count > most ? $" und {count - most} weitere" : "";

    private static string NameOf(FieldCount field) => field.FieldOfAction?.Name ?? "Ohne Handlungsfeld";

    private static string Lines(params string?[] lines) => string.Join("\n", lines.Where(line => !string.IsNullOrWhiteSpace(line)));

    private static string? Late(int days) => days > 0 ? $"seit {German.DaysAgo(days)} überfällig" : null;
}
