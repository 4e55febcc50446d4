using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What the coordination fills in of a report's draft, new or not.</summary>
internal abstract class DraftForm(IMediator mediator, TimeProvider clock) : FormPage
{
    private const int MostMeetings = 50;

    [BindProperty]
    public string? Title { get; set; }

    /// <summary>As a code.</summary>
    [BindProperty]
    public string? Visibility { get; set; }

    /// <summary>Key of the meeting; empty for none.</summary>
    [BindProperty]
    public string? Meeting { get; set; }

    [BindProperty]
    public string? WithMandates { get; set; }

    /// <summary>What can be chosen.</summary>
    public IReadOnlyList<(string Value, string Text)> Meetings { get; private set; } = [];

    public static IReadOnlyList<(string Value, string Text)> Visibilities { get; } =
    [.. new[] { Domain.Visibility.Public, Domain.Visibility.Alliance, Domain.Visibility.Board }.Select(v => (Codes.Of(v), German.Name(v)))];

    protected IMediator Mediator => mediator;

    /// <summary>The portfolio with the eyes of whoever asks.</summary>
    protected View View => HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));

    protected Visibility? ChosenVisibility =>
        Enum.GetValues<Visibility>().Cast<Visibility?>().FirstOrDefault(v => Codes.Of(v!.Value) == Visibility);

    protected Task<ReportDraft?> DraftAsync(string key, CancellationToken ct) => mediator.Send(new Get<ReportDraft>(View, key), ct);

    /// <summary>The meetings from half a year ago on, and the one that is chosen.</summary>
    protected async Task ReadMeetingsAsync(string? chosen, CancellationToken ct)
    {
        var view = View;
        var from = view.Day.AddMonths(-6).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var query = new ListPage<BoardMeeting>(view, MostMeetings, new Position("", from, "0"));
        var meetings = (await mediator.Send(query, ct)).ToList();
        if (
            chosen is not null
            && meetings.All(m => m.Key != chosen)
            && await mediator.Send(new Get<BoardMeeting>(view, chosen), ct) is { } other
        )
        {
            meetings.Insert(0, other);
        }
        Meetings = [("", "keine"), .. meetings.Select(m => (m.Key, $"{German.Date(m.MeetingOn)}, {m.Body}"))];
    }

    /// <summary>What the command refused, in words for people.</summary>
    protected static InputError Said(FieldError error) =>
        error.Pointer switch
        {
            "/title" => new("title", "Geben Sie einen Titel mit höchstens 200 Zeichen an."),
            "/visibility" => new("visibility", "Wählen Sie, für wen der Bericht sichtbar wird."),
            "/meeting" => new("meeting", "Diese Sitzung gibt es nicht mehr. Wählen Sie eine andere."),
            "/foreword" => new("foreword", "Das Vorwort hat höchstens 8000 Zeichen."),
            _ => new("", error.Message),
        };
}
