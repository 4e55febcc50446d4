using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

/// <summary>A meeting of the executive board.</summary>
public sealed record BoardMeeting : IRevised
{
    /// <summary>Permanent, readable key, e.g. <c>2026-12-08</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The body that meets.</summary>
    public required string Body { get; init; }

    /// <summary>When.</summary>
    public required DateOnly MeetingOn { get; init; }

    /// <summary>Where.</summary>
    public string? Place { get; init; }

    /// <summary>The reporting cycle that prepares it, when there is one.</summary>
    public Reference? Cycle { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static BoardMeeting Example =>
        new()
        {
            Key = "2026-12-08",
            Body = BoardMeetingFields.DefaultBody,
            MeetingOn = new(2026, 12, 8),
            Place = "Rathaus, Friedensplatz 1",
            Cycle = new("sitzung-2026-12-08", "Sitzung am 08.12.2026"),
            Revision = 405,
        };
}

/// <summary>What a client can set of a meeting of the board.</summary>
public record BoardMeetingFields
{
    /// <summary>The body when none is given.</summary>
    public const string DefaultBody = "Verwaltungsvorstand";

    /// <summary>The body that meets; <c>Verwaltungsvorstand</c> when not given.</summary>
    [Required, Text(200)]
    public string Body { get; init; } = DefaultBody;

    /// <summary>When. Moving the meeting moves its reporting cycle, as long as that has not closed.</summary>
    public required DateOnly MeetingOn { get; init; }

    /// <summary>Where.</summary>
    [Text(200)]
    public string? Place { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { meetingOn = "2026-12-15" };

    internal BoardMeetingRow To(BoardMeetingRow row) => row with { Body = Body, MeetingOn = MeetingOn, Place = Place, Sample = Sample };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<BoardMeetingRow, BoardMeetingFields>();
    }
}

/// <summary>A new meeting of the board.</summary>
public sealed record NewBoardMeeting : BoardMeetingFields
{
    /// <summary>Permanent, readable key; the day of the meeting when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>Whether a reporting cycle prepares it; <c>true</c> when not given. Its days lie the configured working days ahead.</summary>
    public bool Cycle { get; init; } = true;

    internal static NewBoardMeeting Example => new() { MeetingOn = new(2026, 12, 8), Place = "Rathaus, Friedensplatz 1" };
}
