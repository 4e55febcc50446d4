using System.Globalization;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.AspNetCore.Html;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>How pages show values. A light is a shape and a word; its colour only helps.</summary>
internal static class GermanText
{
    /// <summary>Stands where nothing is known, or nothing is shown.</summary>
    public const string Unknown = "–";

    /// <summary>Always with its word and a shape of its own, so that it is read without colours, too.</summary>
    public static IHtmlContent Light(Rag? rag)
    {
        var name = rag switch
        {
            Rag.Green => "green",
            Rag.Amber => "amber",
            Rag.Red => "red",
            _ => "none",
        };
        return new HtmlString(
            $"<span class=\"light light--{name}\"><span class=\"light-shape\" aria-hidden=\"true\">{Shape(rag)}</span> {German.Name(rag)}</span>"
        );
    }

    /// <summary>The shape that tells a light from the others without its colour.</summary>
    public static string Shape(Rag? rag) =>
        rag switch
        {
            Rag.Green => "●",
            Rag.Amber => "▲",
            Rag.Red => "■",
            _ => "○",
        };

    /// <summary>A light in a line of text.</summary>
    public static string LightInText(Rag? rag) => $"{Shape(rag)} {German.Name(rag)}";

    /// <summary>What another partner reported beside the lead, in a line.</summary>
    public static string Other(ReportedStatus other) =>
        $"{other.Partner?.Name ?? "Koordination"}, {German.Date(other.ReportedOn)}: {LightInText(other.Rag)}"
        + string.Concat(
            new[] { ("", other.Reason), ("Getan: ", other.Done), ("Nächste Schritte: ", other.Next) }
                .Where(text => text.Item2 is not null)
                .Select(text => $"\n{text.Item1}{text.Item2}")
        );

    public static string Date(DateOnly? day) => day is { } known ? German.Date(known) : Unknown;

    /// <summary>The time of day as the clocks in Dortmund show it.</summary>
    public static string Time(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, Berlin.Zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>An instant as the clocks in Dortmund show it.</summary>
    public static string Instant(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, Berlin.Zone).ToString("dd.MM.yyyy, HH:mm 'Uhr'", CultureInfo.InvariantCulture);

    public static string Euros(long? cents) => cents is { } known ? German.Euros(known) : Unknown;

    /// <summary>How far a milestone's date lies behind its plan.</summary>
    public static string Slip(int? days) =>
        days switch
        {
            null => Unknown,
            0 => "im Plan",
            > 0 => $"{German.Days(days.Value)} später",
            _ => $"{German.Days(-days.Value)} früher",
        };

    /// <summary>From when until when, as far as it is known.</summary>
    public static string Span(DateOnly? from, DateOnly? until) =>
        (from, until) switch
        {
            (null, null) => Unknown,
            ({ } first, null) => $"ab {German.Date(first)}",
            (null, { } last) => $"bis {German.Date(last)}",
            ({ } first, { } last) => $"{German.Date(first)} bis {German.Date(last)}",
        };

    /// <summary>A whole number as addresses write it.</summary>
    public static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How much of something a part is, in percent.</summary>
    public static string Share(long? part, long? whole) =>
        part is { } some && whole is > 0 and var all ? $" ({Percent.Text(some, all)})" : "";

    /// <summary>Names side by side; a dash for none.</summary>
    public static string Names(IReadOnlyList<Reference> named) =>
        named.Count == 0 ? Unknown : string.Join(", ", named.Select(one => one.Name));

    /// <summary>The lights of a report by dimension, in their order.</summary>
    public static IEnumerable<(Dimension Dimension, Rag? Rag)> Lights(ReportLights lights) =>
        [
            (Dimension.Schedule, lights.Schedule),
            (Dimension.Cost, lights.Cost),
            (Dimension.Scope, lights.Scope),
            (Dimension.Resources, lights.Resources),
            (Dimension.Risk, lights.Risk),
        ];

    /// <summary>A step through the council, in one line.</summary>
    public static string Step(CouncilStep step) =>
        $"{step.Body}, {German.Name(step.Role)}{(step.On is { } on ? $" am {German.Date(on)}" : "")}{(step.Number is { } number ? $", {number}" : "")}";

    /// <summary>What answers to a mandate, in one line.</summary>
    public static string Answer(MandateProject project) =>
        project.Project.Name
        + (project.Milestone is { } milestone ? $", Meilenstein „{milestone.Name}“" : "")
        + (project.Evidence is { } evidence ? $": {evidence}" : "");

    /// <summary>A project's part in an indicator, in one line.</summary>
    public static string Part(IndicatorProject part) => part.Project.Name + (part.Contribution is { } what ? $": {what}" : "");

    /// <summary>Which way an indicator gets better, in what and according to whom.</summary>
    public static string Reading(ReportIndicator indicator) =>
        $"{(indicator.Unit is null ? "" : $"Einheit: {indicator.Unit}. ")}{(indicator.Direction == IndicatorDirection.Lower ? "Niedriger ist besser." : "Höher ist besser.")}"
        + (indicator.FieldsOfAction.Count == 0 ? "" : $" Handlungsfelder: {Names(indicator.FieldsOfAction)}.")
        + (indicator.Source is null ? "" : $" Quelle: {indicator.Source}");

    /// <summary>An address of the web that may become a link; anything else is only text.</summary>
    public static string? Web(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri.AbsoluteUri : null;

    /// <summary>How far the board has come with what is asked of it.</summary>
    public static string Decision(DecisionRequest asked) =>
        asked.State == DecisionState.Decided
            ? $"entschieden am {Date(asked.DecidedOn)}: {asked.Outcome}"
            : German.Name(asked.State) + (asked.NeededBy is { } day ? $", benötigt bis zum {German.Date(day)}" : "");

    /// <summary>What is to be done, by whom and by when, in one line.</summary>
    public static string Assignment(Assignment assignment) =>
        $"{assignment.Title}{(assignment.Partner is { } who ? $" – {who.Name}" : "")}{(assignment.DueOn is { } due ? $", bis zum {German.Date(due)}" : "")} ({German.Name(assignment.State)})";

    public static string Count(int number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");
}
