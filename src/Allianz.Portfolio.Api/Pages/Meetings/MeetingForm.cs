using System.Globalization;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What the coordination fills in of a meeting, new or not.</summary>
internal abstract class MeetingForm : FormPage
{
    [BindProperty]
    public string? On { get; set; }

    [BindProperty]
    public string? Body { get; set; } = BoardMeeting.DefaultBody;

    [BindProperty]
    public string? Place { get; set; }

    /// <summary>The day, when it is one.</summary>
    protected DateOnly? Day =>
        DateOnly.TryParseExact(On, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>What the command refused, in words for people.</summary>
    protected static InputError Said(FieldError error) =>
        error.Pointer switch
        {
            "/meetingOn" => new("on", "Geben Sie den Tag der Sitzung an."),
            "/body" => new("body", "Geben Sie ein Gremium mit höchstens 200 Zeichen an."),
            "/place" => new("place", "Der Ort hat höchstens 200 Zeichen."),
            _ => new("", error.Message),
        };
}
