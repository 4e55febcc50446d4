using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>A letter as it is sent: to one address, as plain text and as HTML that say the same.</summary>
internal sealed record Letter(string To, string Subject, string Text, string Html)
{
    /// <summary>What whoever wrote it needs to write it anew when it is sent; absent where it is sent as it is.</summary>
    [JsonPropertyName("Reminder")]
    public JsonElement? ToRenew { get; init; }

    /// <summary>Of a letter that comes again and again: where a POST ends that (RFC 8058), and a GET shows how.</summary>
    public string? Unsubscribe { get; init; }
}

/// <summary>What a letter says, in German: both of its forms are made from these parts.</summary>
internal sealed record LetterParts
{
    private const string Footer =
        "Diese Nachricht hat das Projektportfolio der Allianz Smart City Dortmund verschickt. Bitte antworten Sie nicht darauf.";

    public required string Subject { get; init; }

    public string Greeting { get; init; } = "Guten Tag,";

    /// <summary>What comes before the link.</summary>
    public required IReadOnlyList<string> Paragraphs { get; init; }

    /// <summary>What it is about, one by one; stands before the link.</summary>
    public IReadOnlyList<LetterItem> Items { get; init; } = [];

    /// <summary>The one thing to do.</summary>
    public LetterAction? Action { get; init; }

    /// <summary>What comes behind the link: how long it holds, what to do when one did not ask for it.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Of a letter that comes again and again: where that is ended, for the button of the program that shows it.</summary>
    public string? Unsubscribe { get; init; }

    public Letter To(string address) => new(address, Subject, Text(), Html()) { Unsubscribe = Unsubscribe };

    /// <summary>A text as a part of one line with an end: subjects have no others.</summary>
    public static string Line(string text, int most)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : line[..(most - 1)].TrimEnd() + "…";
    }

    private string Text()
    {
        var text = new StringBuilder();
        foreach (var part in Paragraphs.Prepend(Greeting))
        {
            text.Append(part).Append("\n\n");
        }
        foreach (var item in Items)
        {
            text.Append("* ").Append(item.Title).Append('\n');
            if (item.Text is { } said)
            {
                text.Append("  ").Append(said).Append('\n');
            }
            foreach (var point in item.Points)
            {
                text.Append("  - ").Append(point).Append('\n');
            }
            if (item.Action is { } action)
            {
                text.Append("  ").Append(action.Words).Append(":\n  ").Append(action.Address).Append('\n');
            }
            text.Append('\n');
        }
        if (Action is not null)
        {
            text.Append(Action.Words).Append(":\n").Append(Action.Address).Append("\n\n");
        }
        foreach (var remark in Remarks)
        {
            text.Append(remark).Append("\n\n");
        }
        return text.Append("-- \n").Append(Footer).Append('\n').ToString();
    }

    private string Html()
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"de\">\n<head><meta charset=\"utf-8\"><title>")
            .Append(Encode(Subject))
            .Append("</title></head>\n<body>\n");
        foreach (var part in Paragraphs.Prepend(Greeting))
        {
            Paragraph(part);
        }
        if (Items.Count > 0)
        {
            html.Append("<ul>\n");
            foreach (var item in Items)
            {
                html.Append("<li><p><strong>").Append(Encode(item.Title)).Append("</strong>");
                if (item.Text is { } said)
                {
                    html.Append("<br>\n").Append(Encode(said));
                }
                html.Append("</p>\n");
                if (item.Points.Count > 0)
                {
                    html.Append("<ul>\n");
                    foreach (var point in item.Points)
                    {
                        html.Append("<li>").Append(Encode(point)).Append("</li>\n");
                    }
                    html.Append("</ul>\n");
                }
                Link(item.Action);
                html.Append("</li>\n");
            }
            html.Append("</ul>\n");
        }
        Link(Action);
        foreach (var remark in Remarks)
        {
            Paragraph(remark);
        }
        return html.Append("<hr>\n<p><small>").Append(Encode(Footer)).Append("</small></p>\n</body>\n</html>\n").ToString();

        // The address is shown as well: who reads mail without links can copy it, and everybody sees where it leads.
        void Link(LetterAction? action)
        {
            if (action is not null)
            {
                var address = Encode(action.Address);
                html.Append("<p style=\"overflow-wrap: anywhere\"><strong><a href=\"")
                    .Append(address)
                    .Append("\">")
                    .Append(Encode(action.Words))
                    .Append("</a></strong><br>\n")
                    .Append(address)
                    .Append("</p>\n");
            }
        }

        void Paragraph(string text) =>
            html.Append("<p>").Append(Encode(text).Replace("\n", "<br>\n", StringComparison.Ordinal)).Append("</p>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>One of several things that a letter is about.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Text">What is said of it.</param>
/// <param name="Action">What to do about it, where it has a link of its own.</param>
internal sealed record LetterItem(string Title, string? Text, LetterAction? Action = null)
{
    /// <summary>What is said of it, one by one.</summary>
    public IReadOnlyList<string> Points { get; init; } = [];
}

/// <summary>A link in a letter.</summary>
/// <param name="Words">What it does, e.g. "Zugang einrichten".</param>
/// <param name="Address">Where it leads: absolute, from <see cref="PublicAddress"/>.</param>
internal sealed record LetterAction(string Words, string Address);
