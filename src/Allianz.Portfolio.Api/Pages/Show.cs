using System.Globalization;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Html;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>How pages show values. A light is a shape and a word; its colour only helps.</summary>
internal static class Show
{
    private const string Unknown = "–";

    /// <summary>Always with its word and a shape of its own, so that it is read without colours, too.</summary>
    public static IHtmlContent Light(Rag? rag)
    {
        var (name, shape) = rag switch
        {
            Rag.Green => ("green", "●"),
            Rag.Amber => ("amber", "▲"),
            Rag.Red => ("red", "■"),
            _ => ("none", "○"),
        };
        return new HtmlString(
            $"<span class=\"light light--{name}\"><span class=\"light-shape\" aria-hidden=\"true\">{shape}</span> {German.Name(rag)}</span>"
        );
    }

    public static string Date(DateOnly? day) => day is { } known ? German.Date(known) : Unknown;

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
        part is { } some && whole is > 0 and var all ? $" ({Math.Round(100m * some / all):0} %)" : "";

    /// <summary>An address of the web that may become a link; anything else is only text.</summary>
    public static string? Web(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri.AbsoluteUri : null;

    /// <summary>How far the board has come with what is asked of it.</summary>
    public static string Decision(DecisionRequestState asked) =>
        asked.State == DecisionState.Decided
            ? $"entschieden am {Date(asked.DecidedOn)}: {asked.Outcome}"
            : German.Name(asked.State) + (asked.NeededBy is { } day ? $", benötigt bis zum {German.Date(day)}" : "");

    public static string Count(int number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");
}
