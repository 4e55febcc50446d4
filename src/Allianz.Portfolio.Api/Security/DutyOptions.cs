namespace Allianz.Portfolio.Api.Security;

/// <summary>Section <c>Duties</c>.</summary>
internal sealed record DutyOptions
{
    /// <summary>Whether somebody who is not signed in sees which partner's report is missing.</summary>
    public bool Public { get; init; }

    /// <summary>Whether the caller sees who has to report, and who has.</summary>
    public bool MayRead(Caller caller) => Public || caller.May(Right.Read(Resource.Duty));
}
