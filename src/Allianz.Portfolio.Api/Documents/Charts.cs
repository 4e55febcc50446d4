using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Domain;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Color = ScottPlot.Color;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>The data of a chart, for those who do not see it.</summary>
/// <param name="Header">Names of the columns; the first column names the row.</param>
/// <param name="Rows">The rows, as many cells as there are columns.</param>
internal sealed record ChartTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A chart of a report. Drawn when it is asked for; drawing twice gives the same picture.</summary>
/// <param name="Caption">What it shows, in one line.</param>
/// <param name="Alt">What is to be seen, in words.</param>
/// <param name="Table">The same as a table; absent where the table right above the chart says it.</param>
/// <param name="Width">In pixels of a screen (96 to the inch).</param>
/// <param name="Height">Likewise.</param>
/// <param name="Draw">Makes the plot.</param>
internal sealed partial record Chart(string Caption, string Alt, ChartTable? Table, int Width, int Height, Func<Plot> Draw)
{
    /// <summary>Why it does not show just what the tables around it show; absent where it does.</summary>
    public string? Note { get; init; }

    // Paper and good screens show more pixels than the drawing has; twice as many cost twice the time for little.
    private const double Density = 1.5;

    /// <summary>For documents.</summary>
    public byte[] Png()
    {
        using var plot = Draw();
        plot.ScaleFactor = Density;
        return plot.GetImageBytes((int)(Width * Density), (int)(Height * Density), ImageFormat.Png);
    }

    /// <summary>For pages: an element that scales with its surroundings and is one picture with its words for those who do not see it.</summary>
    /// <param name="id">Begins the ids in it; another one for each chart of a page.</param>
    public string Svg(string id)
    {
        using var plot = Draw();
        var xml = plot.GetSvgXml(Width, Height);
        // The library counts its ids on and on; the same chart is to give the same text.
        var ids = new Dictionary<string, string>();
        xml = Ids().Replace(xml[(xml.IndexOf('>', xml.IndexOf("<svg", StringComparison.Ordinal)) + 1)..], match => Named(match.Value));
        return string.Create(
                CultureInfo.InvariantCulture,
                $"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img" aria-label="{System.Net.WebUtility.HtmlEncode(Readable(Alt))}">"""
            )
            // A reader's machine need not have this one's fonts; a list does not end with a comma.
            + xml.Replace("font-family=\"", "font-family=\"Fira Sans, Arial, ", StringComparison.Ordinal)
                .Replace(", \"", "\"", StringComparison.Ordinal)
                .TrimEnd();

        string Named(string old) =>
            ids.TryGetValue(old, out var name) ? name : ids[old] = string.Create(CultureInfo.InvariantCulture, $"{id}-{ids.Count}");
    }

    [GeneratedRegex(@"\bcl_[0-9a-f]+\b")]
    private static partial Regex Ids();

    /// <summary>Without what neither XML nor a font knows.</summary>
    public static string Readable(string text)
    {
        var readable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            readable.Append(
                Rune.IsWhiteSpace(rune) ? " "
                : Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? ""
                : rune.ToString()
            );
        }
        return readable.ToString();
    }
}

/// <summary>The charts of reports. Colours are those of the pages; a word or a shape says the same.</summary>
internal static class Charts
{
    /// <summary>Most projects or milestones in one chart; more of them make more charts.</summary>
    public const int MostRows = 20;

    private const int Wide = 680;
    private const int RowHeight = 26;

    // Letters of the names of cycles that stand side by side, and lines of them one below the other.
    private const int LettersBelow = 90;
    private const int LinesBelow = 3;

    // Days by which a milestone has moved far enough for a picture.
    private const int WorthSeeing = 14;

    private static readonly Color _ink = Color.FromHex("#1a1f2b");
    private static readonly Color _line = Color.FromHex("#c3cad6");
    private static readonly Color _span = Color.FromHex("#b9c8e6");
    private static readonly Color _accent = Color.FromHex("#14387f");
    private static readonly Color _quiet = Color.FromHex("#4a5262");

    // What servers and desktops have; a family that is not there would be shown with serifs.
    private static readonly Lazy<string> _font = new(() =>
    {
        var there = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] liked = ["Fira Sans", "Segoe UI", "Arial", "Liberation Sans", "Helvetica", "Noto Sans", "DejaVu Sans"];
        return liked.FirstOrDefault(there.Contains) ?? Fonts.Sans;
    });

    private static readonly (string Name, string InBar, Color Color, Func<RagCounts, int> Of)[] _lights =
    [
        ("grün", "grün", Color.FromHex("#17692c"), counts => counts.Green),
        ("gelb", "gelb", Color.FromHex("#f0b400"), counts => counts.Amber),
        ("rot", "rot", Color.FromHex("#b3141c"), counts => counts.Red),
        ("nicht gemeldet (grau)", "grau", Color.FromHex("#d5dae3"), counts => counts.NotReported),
    ];

    /// <summary>How many projects had which light in the last cycles; absent when there were none.</summary>
    public static Chart? LightsOverCycles(ReportContent report)
    {
        var lights = report.Projects.SelectMany(project => project.Trend).ToLookup(light => light.Cycle.Key, light => light.Rag);
        var cycles = report
            .LastCycles.Where(cycle => lights.Contains(cycle.Key))
            .Select(cycle => (cycle.Name, Counts: RagCounts.Of(lights[cycle.Key])))
            .ToList();
        if (cycles.Count == 0)
        {
            return null;
        }
        var said = cycles.Select(cycle =>
            $"{cycle.Name}: {string.Join(", ", _lights.Select(light => string.Create(CultureInfo.InvariantCulture, $"{light.Name} {light.Of(cycle.Counts)}")))}"
        );
        return new(
            "Ampeln der Projekte in den letzten Berichtsrunden",
            $"Gestapelte Säulen, je Berichtsrunde die Zahl der Projekte nach gemeldeter Ampel. {string.Join("; ", said)}.",
            new(
                ["Berichtsrunde", .. _lights.Select(light => light.Name)],
                [
                    .. cycles.Select(cycle =>
                        (IReadOnlyList<string>)
                            [cycle.Name, .. _lights.Select(light => light.Of(cycle.Counts).ToString(CultureInfo.InvariantCulture))]
                    ),
                ]
            ),
            Wide,
            320,
            () =>
            {
                var plot = Empty();
                var most = cycles.Max(cycle => _lights.Sum(light => light.Of(cycle.Counts)));
                var room = most * 0.07;
                foreach (var (at, cycle) in cycles.Index())
                {
                    var (from, beside) = (0, -most * 1.0);
                    foreach (var (_, word, color, of) in _lights)
                    {
                        if (of(cycle.Counts) is not (var count and > 0))
                        {
                            continue;
                        }
                        plot.Add.Bar(
                            new Bar
                            {
                                Position = at,
                                ValueBase = from,
                                Value = from + count,
                                Size = 0.6,
                                FillColor = color,
                                LineColor = Colors.White,
                                LineWidth = 1,
                            }
                        );
                        // A word beside the colour: in the bar where there is room for it, to its right otherwise.
                        var inside = count >= room;
                        var y = from + count / 2.0;
                        var label = plot.Add.Text(
                            string.Create(CultureInfo.InvariantCulture, $"{word} {count}"),
                            inside ? at : at + 0.33,
                            inside ? y : beside = Math.Max(y, beside + room)
                        );
                        label.LabelFontColor = inside && word is ("grün" or "rot") ? Colors.White : _ink;
                        label.LabelFontSize = 12;
                        label.LabelAlignment = inside ? Alignment.MiddleCenter : Alignment.MiddleLeft;
                        from += count;
                    }
                }
                plot.Axes.Bottom.TickGenerator = new NumericManual([
                    .. cycles.Index().Select(cycle => new Tick(cycle.Index, InLines(cycle.Item.Name, LettersBelow / cycles.Count))),
                ]);
                plot.Axes.Bottom.MajorTickStyle.Length = 0;
                plot.Axes.Left.TickGenerator = new NumericAutomatic
                {
                    IntegerTicksOnly = true,
                    LabelFormatter = value => value.ToString("0", CultureInfo.InvariantCulture),
                };
                plot.Axes.Left.Label.Text = "Projekte";
                plot.Axes.Left.Label.FontSize = 13;
                plot.Axes.SetLimits(-0.6, cycles.Count - 0.4, 0, Math.Max(1, most) * 1.04);
                Legend(
                    plot,
                    [
                        .. _lights.Select(light => new LegendItem
                        {
                            LabelText = light.Name,
                            FillColor = light.Color,
                            LineColor = Colors.Transparent,
                        }),
                    ]
                );
                return plot;
            }
        )
        {
            Note =
                "Das Schaubild zählt je Berichtsrunde die Projekte, die für sie gemeldet haben oder melden sollten, mit der Ampel dieser Runde. "
                + "Die Tabelle nach Handlungsfeldern zählt alle Projekte mit der Ampel, die am Stand des Berichts gilt.",
        };
    }

    /// <summary>When projects run, with their milestones as they were planned first and as they are expected now. Those without any date are left out.</summary>
    public static IEnumerable<Chart> Timelines(ReportContent report, IEnumerable<ReportProject> projects, string name)
    {
        var dated = projects.ToLookup(project =>
            project.StartsOn is not null || project.EndsOn is not null || project.Milestones.Any(m => m.CurrentOn is not null)
        );
        var parts = dated[true].Chunk(MostRows).ToList();
        foreach (var (part, rows) in parts.Index())
        {
            var caption = string.Create(
                CultureInfo.InvariantCulture,
                $"Zeitplan: {name}{(parts.Count > 1 ? $" ({part + 1} von {parts.Count})" : "")}"
            );
            yield return new(
                caption,
                $"Balken von Beginn bis Ende der Projekte mit ihren Meilensteinen: Soll, Prognose und Ist, dazu der Stand {German.Date(report.Day)}. "
                    + $"Gezeigt werden {rows.Length} Projekte; ihre Daten stehen in der Tabelle.",
                new(
                    ["Projekt", "Beginn", "Ende", "Meilensteine", "davon verschoben"],
                    [
                        .. rows.Select(project =>
                            (IReadOnlyList<string>)
                                [
                                    project.Title,
                                    GermanText.Date(project.StartsOn),
                                    GermanText.Date(project.EndsOn),
                                    GermanText.Whole(project.Milestones.Count),
                                    GermanText.Whole(project.Milestones.Count(milestone => milestone.SlipDays > 0)),
                                ]
                        ),
                    ]
                ),
                Wide,
                Height(rows.Length),
                () =>
                {
                    var plot = Empty();
                    foreach (var (at, project) in rows.Index())
                    {
                        var known = project
                            .Milestones.Select(milestone => milestone.CurrentOn)
                            .Append(project.StartsOn)
                            .Append(project.EndsOn)
                            .OfType<DateOnly>()
                            .ToList();
                        // Where one end is not known the bar ends with the last that is.
                        var span = plot.Add.Line(X(project.StartsOn ?? known.Min()), -at, X(project.EndsOn ?? known.Max()), -at);
                        (span.LineWidth, span.LineColor) = (11, _span);
                        foreach (var milestone in project.Milestones)
                        {
                            Mark(plot, milestone, -at, null, false);
                        }
                    }
                    Rows(plot, report.Day, rows.SelectMany(Days), [.. rows.Select(project => project.Title)]);
                    Legend(plot, [_baseline, _forecast, _achieved, Line("Stand", _quiet)]);
                    return plot;
                }
            )
            {
                Note = Missing(dated[false].Count(), rows),
            };
        }
    }

    /// <summary>
    /// How the milestones of a project moved: planned first, approved, expected in the report before, expected or achieved now. Absent
    /// where none has moved by a fortnight, because then there is nothing to see.
    /// </summary>
    public static Chart? Milestones(ShownReport shown, ReportProject project)
    {
        // What has moved is to be seen, also where there are more than fit; the table has all of them.
        var rows = project
            .Milestones.Where(milestone => milestone.CurrentOn is not null)
            .Index()
            .OrderByDescending(milestone => Slips(milestone.Item))
            .Take(MostRows)
            .OrderBy(milestone => milestone.Index)
            .Select(milestone => milestone.Item)
            .ToList();
        if (!rows.Any(Slips))
        {
            return null;
        }
        var moved = rows.Where(Slips)
            .Select(milestone => $"{milestone.Title} {GermanText.Slip(milestone.SlipDays)} ({GermanText.Date(milestone.CurrentOn)})");
        return new(
            $"Terminverlauf der Meilensteine: {project.Title}",
            $"Je Meilenstein eine Zeile mit Soll, Plan, dem Termin im vorigen Bericht und Prognose oder Ist: {string.Join("; ", moved)}.",
            null,
            Wide,
            Height(rows.Count) + 24,
            () =>
            {
                var plot = Empty();
                foreach (var (at, milestone) in rows.Index())
                {
                    Mark(plot, milestone, -at, shown.Before(project, milestone), true);
                }
                Rows(
                    plot,
                    shown.Report.Day,
                    rows.SelectMany(Days).Concat(rows.Select(row => shown.Before(project, row)).OfType<DateOnly>()),
                    [.. rows.Select(milestone => milestone.Title)]
                );
                Legend(plot, [_baseline, _approved, _before, _forecast, _achieved, Line("Stand", _quiet)]);
                return plot;
            }
        )
        {
            Note =
                rows.Count == project.Milestones.Count
                    ? null
                    : $"Das Schaubild zeigt {rows.Count} von {project.Milestones.Count} Meilensteinen: solche mit Termin, die verschobenen zuerst.",
        };
    }

    // What the table of a timeline counts and its picture cannot place.
    private static string? Missing(int undated, IReadOnlyList<ReportProject> shown)
    {
        var milestones = shown.Sum(project => project.Milestones.Count(milestone => milestone.CurrentOn is null));
        List<string> missing = [];
        if (undated > 0)
        {
            missing.Add($"{GermanText.Count(undated, "Projekt", "Projekte")} ohne Termin");
        }
        if (milestones > 0)
        {
            missing.Add($"{GermanText.Count(milestones, "Meilenstein", "Meilensteine")} ohne Termin");
        }
        var note = missing.Count == 0 ? "" : $"Nicht im Schaubild: {string.Join(" und ", missing)}. ";
        return shown.Any(project => project.StartsOn is null || project.EndsOn is null)
                ? note + "Wo Beginn oder Ende fehlt, endet der Balken am letzten bekannten Termin."
            : note.Length == 0 ? null
            : note.TrimEnd();
    }

    private static readonly LegendItem _baseline = Marker("Soll", MarkerShape.OpenDiamond, _ink);
    private static readonly LegendItem _approved = Marker("Plan", MarkerShape.OpenSquare, _ink);
    private static readonly LegendItem _before = Marker("voriger Bericht", MarkerShape.VerticalBar, _ink);
    private static readonly LegendItem _forecast = Marker("Prognose", MarkerShape.FilledTriangleUp, _accent);
    private static readonly LegendItem _achieved = Marker("Ist", MarkerShape.FilledCircle, _accent);

    private static bool Slips(ReportMilestone milestone) =>
        (milestone.SlipDays is { } days && Math.Abs(days) >= WorthSeeing)
        || (milestone is { BaselineOn: { } first, CurrentOn: { } now } && Math.Abs(now.DayNumber - first.DayNumber) >= WorthSeeing);

    private static void Mark(Plot plot, ReportMilestone milestone, double y, DateOnly? before, bool withPlan)
    {
        if (milestone.CurrentOn is not { } current)
        {
            return;
        }
        if (milestone.BaselineOn is { } first && first != current)
        {
            var moved = plot.Add.Line(X(first), y, X(current), y);
            (moved.LineWidth, moved.LineColor) = (1.5f, _accent);
        }
        Put(milestone.BaselineOn, _baseline);
        // On a timeline of many projects the approved date would only be noise.
        if (withPlan)
        {
            Put(milestone.ApprovedOn, _approved);
        }
        Put(before == current ? null : before, _before);
        Put(milestone.AchievedOn ?? milestone.ForecastOn, milestone.AchievedOn is null ? _forecast : _achieved);

        void Put(DateOnly? on, LegendItem like)
        {
            if (on is { } day)
            {
                plot.Add.Marker(X(day), y, like.MarkerStyle.Shape, 9, like.MarkerColor).MarkerLineWidth = 1.5f;
            }
        }
    }

    private static IEnumerable<DateOnly> Days(ReportProject project) =>
        project.Milestones.SelectMany(Days).Concat(new[] { project.StartsOn, project.EndsOn }.OfType<DateOnly>());

    private static IEnumerable<DateOnly> Days(ReportMilestone milestone) =>
        new[] { milestone.BaselineOn, milestone.ApprovedOn, milestone.ForecastOn, milestone.AchievedOn }.OfType<DateOnly>();

    private static void Rows(Plot plot, DateOnly today, IEnumerable<DateOnly> shown, IReadOnlyList<string> names)
    {
        var days = shown.Append(today).ToList();
        var (from, until) = (X(days.Min()), X(days.Max()));
        var margin = Math.Max(20, (until - from) * 0.03);
        var now = plot.Add.VerticalLine(X(today), 1.5f, _quiet, LinePattern.Dashed);
        now.EnableAutoscale = false;
        plot.Axes.Left.TickGenerator = new NumericManual([.. names.Index().Select(name => new Tick(-name.Index, Short(name.Item, 38)))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. Months(days.Min(), days.Max())]);
        plot.Axes.SetLimits(from - margin, until + margin, 0.6 - names.Count, 0.6);
    }

    // As many as stand side by side, on the first of a month.
    private static IEnumerable<Tick> Months(DateOnly from, DateOnly until)
    {
        var months = (until.Year - from.Year) * 12 + until.Month - from.Month + 1;
        var step = new[] { 1, 2, 3, 6, 12, 24, 60, 120, 600, 6000 }.First(step => months <= step * 7 || step == 6000);
        for (var month = 0; month <= months; month++)
        {
            var at = from.Year * 12 + from.Month - 1 + month;
            if (at % step == 0 && at / 12 <= 9999)
            {
                var day = new DateOnly(at / 12, at % 12 + 1, 1);
                yield return new(X(day), day.ToString(step >= 12 ? "yyyy" : "MM.yyyy", CultureInfo.InvariantCulture));
            }
        }
    }

    private static Plot Empty()
    {
        var plot = new Plot();
        plot.Font.Set(_font.Value);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Axes.Color(_ink);
        plot.Grid.MajorLineColor = _line.WithAlpha(0.5);
        foreach (var edge in new IAxis[] { plot.Axes.Right, plot.Axes.Top })
        {
            // Only room, so that nothing ends at the very rim.
            edge.FrameLineStyle.Width = 0;
            edge.MajorTickStyle.Length = 0;
            edge.MinorTickStyle.Length = 0;
            edge.TickGenerator = new EmptyTickGenerator();
            edge.MinimumSize = 14;
        }
        plot.Axes.Bottom.TickLabelStyle.FontSize = 12;
        plot.Axes.Left.TickLabelStyle.FontSize = 12;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        return plot;
    }

    private static void Legend(Plot plot, LegendItem[] items)
    {
        plot.ShowLegend(items, Alignment.UpperCenter);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontSize = 12;
        plot.Legend.FontName = _font.Value;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
    }

    private static LegendItem Marker(string name, MarkerShape shape, Color color) =>
        new()
        {
            LabelText = name,
            MarkerShape = shape,
            MarkerSize = 9,
            MarkerColor = color,
            MarkerLineWidth = 1.5f,
            LineColor = Colors.Transparent,
        };

    private static LegendItem Line(string name, Color color) =>
        new()
        {
            LabelText = name,
            LineColor = color,
            LineWidth = 1.5f,
            LinePattern = LinePattern.Dashed,
        };

    private static int Height(int rows) => 108 + rows * RowHeight;

    private static double X(DateOnly day) => day.DayNumber;

    private static string Short(string text, int most)
    {
        var readable = Chart.Readable(text);
        return readable.Length <= most
            ? readable
            : string.Concat(readable.EnumerateRunes().Take(Math.Max(1, most - 1)).Select(rune => rune.ToString())) + "…";
    }

    private static string InLines(string name, int letters)
    {
        var lines = new List<string>();
        foreach (var word in Chart.Readable(name).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // The last line takes what is left.
            if (lines.Count > 0 && (lines.Count == LinesBelow || lines[^1].Length + word.Length < letters))
            {
                lines[^1] += " " + word;
            }
            else
            {
                lines.Add(word);
            }
        }
        return string.Join('\n', lines.Select(line => Short(line, letters)));
    }
}
