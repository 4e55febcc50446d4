using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Section <c>Duties</c>.</summary>
internal sealed record DutyOptions
{
    /// <summary>Whether somebody who is not signed in sees which partner's report is missing.</summary>
    public bool Public { get; init; }

    /// <summary>Whether who sees this much sees who has not reported: by sight, as answers are kept.</summary>
    public bool IsFor(Visibility sight) => Public || sight >= Visibility.Alliance;

    /// <summary>The findings that are left for who sees this much: that a report is missing is a finding, too.</summary>
    public IReadOnlyList<Signal> Seen(IReadOnlyList<Signal> signals, Visibility sight) =>
        IsFor(sight) ? signals : [.. signals.Where(signal => signal.Code != SignalCode.NotReported)];

    /// <summary>Whether the caller sees who has to report, and who has.</summary>
    public bool MayRead(Caller caller) => Public || caller.May(Right.Read(Resource.Duty));
}
