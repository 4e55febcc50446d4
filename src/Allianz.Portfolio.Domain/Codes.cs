namespace Allianz.Portfolio.Domain;

/// <summary>The state of a project in its life.</summary>
public enum Phase
{
    /// <summary>Idee: not yet decided.</summary>
    Idea,

    /// <summary>In Vorbereitung: decided, not yet begun.</summary>
    Preparing,

    /// <summary>In Umsetzung: under way.</summary>
    Implementing,

    /// <summary>Ruht: paused.</summary>
    OnHold,

    /// <summary>Erledigt: done.</summary>
    Completed,

    /// <summary>Eingestellt: given up.</summary>
    Discontinued,
}

/// <summary>Ampel. Absent (null) means not reported, which is never shown as green. Ordered from good to bad, so the worst is the largest.</summary>
public enum Rag
{
    /// <summary>Within tolerance.</summary>
    Green,

    /// <summary>A deviation that the project can correct itself; needs a reason.</summary>
    Amber,

    /// <summary>Needs a decision above the project; needs a reason.</summary>
    Red,
}

/// <summary>What a traffic light is about.</summary>
public enum Dimension
{
    /// <summary>Termine.</summary>
    Schedule,

    /// <summary>Kosten.</summary>
    Cost,

    /// <summary>Leistung.</summary>
    Scope,

    /// <summary>Ressourcen.</summary>
    Resources,

    /// <summary>Risiken.</summary>
    Risk,
}

/// <summary>A partner's role in a project.</summary>
public enum ParticipationRole
{
    /// <summary>Federführung.</summary>
    Lead,

    /// <summary>Projektpartner.</summary>
    Contributor,

    /// <summary>Fördergeber.</summary>
    Funder,

    /// <summary>Assoziiert.</summary>
    Associate,
}

/// <summary>Who may see a row: each level sees its own and the ones before it. Stored as the number.</summary>
public enum Visibility
{
    /// <summary>Everybody, open data.</summary>
    Public = 0,

    /// <summary>All partners of the alliance.</summary>
    Alliance = 1,

    /// <summary>The executive board and the coordination.</summary>
    Board = 2,

    /// <summary>Administrators of this installation (API keys); never a project's visibility.</summary>
    Administration = 3,
}

/// <summary>What kind of organisation a partner is.</summary>
public enum PartnerKind
{
    /// <summary>City or other public administration.</summary>
    PublicAdministration,

    /// <summary>Company, also municipal ones.</summary>
    Company,

    /// <summary>Chamber or association of the economy.</summary>
    Chamber,

    /// <summary>University or research institute.</summary>
    Research,

    /// <summary>Association or initiative of civil society.</summary>
    CivilSociety,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The five areas of the Bitkom Smart City Index.</summary>
public enum BitkomArea
{
    /// <summary>Verwaltung.</summary>
    Administration,

    /// <summary>IT und Kommunikation.</summary>
    ItAndCommunication,

    /// <summary>Energie und Umwelt.</summary>
    EnergyAndEnvironment,

    /// <summary>Mobilität.</summary>
    Mobility,

    /// <summary>Gesellschaft.</summary>
    Society,
}

/// <summary>State of a risk.</summary>
public enum RiskState
{
    /// <summary>May still happen.</summary>
    Open,

    /// <summary>Has happened.</summary>
    Occurred,

    /// <summary>Cannot happen any more.</summary>
    Closed,
}

/// <summary>Outcome of a gate: a point where the project is allowed to go on, or not.</summary>
public enum GateOutcome
{
    /// <summary>Passed.</summary>
    Passed,

    /// <summary>Passed with conditions, see its note.</summary>
    PassedWithConditions,

    /// <summary>Not passed.</summary>
    Failed,
}

/// <summary>State of a decision request.</summary>
public enum DecisionState
{
    /// <summary>The board has not decided yet.</summary>
    Open,

    /// <summary>Decided; the outcome says how.</summary>
    Decided,

    /// <summary>No longer asked for.</summary>
    Withdrawn,
}

/// <summary>How a project stands to its duty to report in a cycle.</summary>
public enum DutyState
{
    /// <summary>Expected, the due day has not passed.</summary>
    Due,

    /// <summary>A status update of this cycle is there.</summary>
    Submitted,

    /// <summary>The partner confirmed that nothing changed.</summary>
    Unchanged,

    /// <summary>The due day has passed without a status update.</summary>
    Missing,
}

/// <summary>How the council gave a mandate.</summary>
public enum MandateKind
{
    /// <summary>Beschluss: decided.</summary>
    Resolution,

    /// <summary>Antrag: a faction asks that something be done.</summary>
    Motion,

    /// <summary>Anfrage: a faction asks to be told something.</summary>
    Inquiry,

    /// <summary>Prüfauftrag: the administration is to examine something.</summary>
    Examination,
}

/// <summary>State of a mandate.</summary>
public enum MandateState
{
    /// <summary>Nothing was done yet.</summary>
    Open,

    /// <summary>Under way.</summary>
    InProgress,

    /// <summary>Done, as its evidence shows.</summary>
    Fulfilled,

    /// <summary>The council decided against it.</summary>
    Rejected,

    /// <summary>Whoever asked for it no longer does.</summary>
    Withdrawn,
}

/// <summary>What a council body does with a paper (Beratungsfolge).</summary>
public enum CouncilRole
{
    /// <summary>Kenntnisnahme.</summary>
    Acknowledgement,

    /// <summary>Vorberatung.</summary>
    Preliminary,

    /// <summary>Entscheidung.</summary>
    Decision,
}

/// <summary>Which way an indicator gets better.</summary>
public enum IndicatorDirection
{
    /// <summary>More is better.</summary>
    Higher,

    /// <summary>Less is better, e.g. a rank.</summary>
    Lower,
}

/// <summary>State of a task that the board gave.</summary>
public enum AssignmentState
{
    /// <summary>To be done: it comes back in every report.</summary>
    Open,

    /// <summary>Done.</summary>
    Done,

    /// <summary>No longer wanted.</summary>
    Dropped,
}

/// <summary>Codes as they stand in JSON, in paths and in frozen reports.</summary>
public static class Codes
{
    /// <summary>A code in camelCase, e.g. <c>onHold</c>.</summary>
    public static string Of(Enum code) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(code.ToString());
}
