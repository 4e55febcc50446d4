using System.Globalization;

namespace Allianz.Portfolio.Domain;

/// <summary>The German words for the codes, and German dates and amounts. Does not depend on the culture of the machine.</summary>
public static class German
{
    private static readonly NumberFormatInfo Numbers = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };

    /// <summary>A date as <c>01.10.2026</c>.</summary>
    public static string Date(DateOnly day) => day.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);

    /// <summary>An amount as <c>1.234,56 €</c>.</summary>
    public static string Euros(long cents) => Money.ToEuros(cents).ToString("N2", Numbers) + " €";

    /// <summary>A number of days after "um" or alone: <c>1 Tag</c>, <c>2 Tage</c>.</summary>
    public static string Days(int days) => days == 1 ? "1 Tag" : $"{days} Tage";

    /// <summary>A number of days after "vor" or "seit": <c>1 Tag</c>, <c>2 Tagen</c>.</summary>
    public static string DaysAgo(int days) => days == 1 ? "1 Tag" : $"{days} Tagen";

    /// <summary>A project's phase.</summary>
    public static string Name(Phase phase) =>
        phase switch
        {
            Phase.Idea => "Idee",
            Phase.Preparing => "in Vorbereitung",
            Phase.Implementing => "in Umsetzung",
            Phase.OnHold => "ruht",
            Phase.Completed => "erledigt",
            Phase.Discontinued => "eingestellt",
            _ => phase.ToString(),
        };

    /// <summary>A traffic light; absent is "nicht gemeldet", shown in grey.</summary>
    public static string Name(Rag? rag) =>
        rag switch
        {
            Rag.Green => "grün",
            Rag.Amber => "gelb",
            Rag.Red => "rot",
            _ => "nicht gemeldet",
        };

    /// <summary>A dimension of a traffic light.</summary>
    public static string Name(Dimension dimension) =>
        dimension switch
        {
            Dimension.Schedule => "Termine",
            Dimension.Cost => "Kosten",
            Dimension.Scope => "Leistung",
            Dimension.Resources => "Ressourcen",
            Dimension.Risk => "Risiken",
            _ => dimension.ToString(),
        };

    /// <summary>A partner's role.</summary>
    public static string Name(ParticipationRole role) =>
        role switch
        {
            ParticipationRole.Lead => "Federführung",
            ParticipationRole.Contributor => "Projektpartner",
            ParticipationRole.Funder => "Fördergeber",
            ParticipationRole.Associate => "assoziiert",
            _ => role.ToString(),
        };

    /// <summary>How a project stands to its duty to report.</summary>
    public static string Name(DutyState state) =>
        state switch
        {
            DutyState.Due => "fällig",
            DutyState.Submitted => "gemeldet",
            DutyState.Unchanged => "unverändert",
            DutyState.Missing => "fehlt",
            _ => state.ToString(),
        };

    /// <summary>State of a decision request.</summary>
    public static string Name(DecisionState state) =>
        state switch
        {
            DecisionState.Open => "offen",
            DecisionState.Decided => "entschieden",
            DecisionState.Withdrawn => "zurückgezogen",
            _ => state.ToString(),
        };

    /// <summary>State of a risk.</summary>
    public static string Name(RiskState state) =>
        state switch
        {
            RiskState.Open => "offen",
            RiskState.Occurred => "eingetreten",
            RiskState.Closed => "geschlossen",
            _ => state.ToString(),
        };

    /// <summary>Who may see something.</summary>
    public static string Name(Visibility visibility) =>
        visibility switch
        {
            Visibility.Public => "öffentlich",
            Visibility.Alliance => "Allianz",
            Visibility.Board => "Verwaltungsvorstand",
            Visibility.Administration => "Administration",
            _ => visibility.ToString(),
        };

    /// <summary>A signal, as a heading.</summary>
    public static string Name(SignalCode code) =>
        code switch
        {
            SignalCode.GreenButOverdue => "Grün, aber Meilenstein überfällig",
            SignalCode.GreenWhileSlipping => "Grün, aber Prognose verschiebt sich",
            SignalCode.RedWithoutDecisionRequest => "Rot ohne Entscheidungsbedarf",
            SignalCode.NotReported => "Nicht gemeldet",
            SignalCode.ForecastMovedWithoutReason => "Prognose ohne Begründung verschoben",
            SignalCode.SpentMoreThanElapsed => "Ausgaben laufen der Zeit voraus",
            SignalCode.PastEnd => "Projektende überschritten, aber nicht erledigt",
            SignalCode.PartnersDiffer => "Partner melden verschieden",
            SignalCode.NoLead => "Ohne Federführung",
            SignalCode.SpentWithoutBudget => "Ausgaben ohne Budget",
            SignalCode.CompletedWithOpenMilestone => "Erledigt, aber Meilenstein offen",
            _ => code.ToString(),
        };

    /// <summary>How far a report has come.</summary>
    public static string Name(ReportState state) =>
        state switch
        {
            ReportState.Issued => "herausgegeben",
            ReportState.Submitted => "vorgelegt",
            ReportState.Noted => "zur Kenntnis genommen",
            ReportState.Deferred => "vertagt",
            ReportState.Commissioned => "mit Aufträgen versehen",
            ReportState.Forwarded => "an die Gremien weitergeleitet",
            _ => state.ToString(),
        };

    /// <summary>State of a task that the board gave.</summary>
    public static string Name(AssignmentState state) =>
        state switch
        {
            AssignmentState.Open => "offen",
            AssignmentState.Done => "erledigt",
            AssignmentState.Dropped => "entfallen",
            _ => state.ToString(),
        };

    /// <summary>How the council gave a mandate.</summary>
    public static string Name(MandateKind kind) =>
        kind switch
        {
            MandateKind.Resolution => "Beschluss",
            MandateKind.Motion => "Antrag",
            MandateKind.Inquiry => "Anfrage",
            MandateKind.Examination => "Prüfauftrag",
            _ => kind.ToString(),
        };

    /// <summary>State of a mandate.</summary>
    public static string Name(MandateState state) =>
        state switch
        {
            MandateState.Open => "offen",
            MandateState.InProgress => "in Arbeit",
            MandateState.Fulfilled => "erfüllt",
            MandateState.Rejected => "abgelehnt",
            MandateState.Withdrawn => "zurückgezogen",
            _ => state.ToString(),
        };

    /// <summary>What a council body does with a paper.</summary>
    public static string Name(CouncilRole role) =>
        role switch
        {
            CouncilRole.Acknowledgement => "Kenntnisnahme",
            CouncilRole.Preliminary => "Vorberatung",
            CouncilRole.Decision => "Entscheidung",
            _ => role.ToString(),
        };

    /// <summary>Which way an indicator gets better.</summary>
    public static string Name(IndicatorDirection direction) =>
        direction == IndicatorDirection.Lower ? "niedriger ist besser" : "höher ist besser";

    /// <summary>A number as <c>1.234,5</c>, with as many places as it has, at most four.</summary>
    public static string Number(double number) => number.ToString("#,0.####", Numbers);
}
