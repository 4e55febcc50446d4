using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds.Snapshots;

/// <summary>
/// What rules take from one project at one revision: all of it, whoever may see it, without the texts that no rule reads. Never changes; a
/// project about which something was written has other facts. What was computed from them lately is kept beside them.
/// </summary>
internal sealed class ProjectFacts
{
    /// <summary>Stands for a text of which rules only ask whether it is there.</summary>
    private const string There = "…";

    private readonly ProjectState _whole;
    private readonly IReadOnlyList<FormerState> _states;
    private readonly IReadOnlyList<AssessmentState> _assessments;

    // By sight: what one computed others may compute again, so that no lock is needed.
    private readonly Looked?[] _looked = new Looked?[1 + (int)Visibility.Administration];

    /// <param name="whole">As who sees all sees it.</param>
    /// <param name="states">What it was before, oldest first, as far as it decides what it owed and who could see it; with what it is now.</param>
    /// <param name="assessments">All that were ever made, newest first.</param>
    /// <param name="pool">What other projects have, too.</param>
    public ProjectFacts(ProjectState whole, IEnumerable<FormerState> states, IEnumerable<AssessmentState> assessments, FactsPool pool)
    {
        _whole = Lean(whole, pool);
        _states = [.. states];
        var visible = new List<AssessmentState>();
        foreach (var assessment in assessments)
        {
            // An older one is seen only by those who do not see a newer one.
            if (visible.All(newer => newer.Visibility > assessment.Visibility))
            {
                visible.Add(assessment with { Key = pool.Of(assessment.Key), Cycle = pool.Of(assessment.Cycle), Reason = null });
            }
        }
        _assessments = visible.Count == 0 ? [] : [.. visible];
    }

    public Guid Id => _whole.Id;
    public string Key => _whole.Key;
    public string Title => _whole.Title;

    /// <summary>What the list of projects filters and orders by, whoever asks.</summary>
    public ProjectState Listed => _whole;

    public bool IsFor(View view) => _whole.Visibility <= view.Sight;

    /// <summary>The project as a reader sees it, as far as rules go; null where it does not exist for the reader.</summary>
    public ProjectState? SeenBy(View view)
    {
        if (!IsFor(view))
        {
            return null;
        }
        var states = _states.Where(state => state.Visibility <= view.Sight).ToList();
        return _whole with
        {
            Day = view.Day,
            SeesAllDecisionRequests = view.Sight >= Visibility.Board,
            KnownSince = states is [var first, ..] ? first.Stand.Since : null,
            Stands =
            [
                .. states
                    .Where((state, n) => n == 0 || state.Stand with { Since = states[n - 1].Stand.Since } != states[n - 1].Stand)
                    .Select(state => state.Stand),
            ],
            Risks = _whole.Risks.Count == 0 ? _whole.Risks : [.. _whole.Risks.Where(risk => risk.Visibility <= view.Sight)],
            DecisionRequests =
                _whole.DecisionRequests.Count == 0
                    ? _whole.DecisionRequests
                    : [.. _whole.DecisionRequests.Where(asked => asked.Visibility <= view.Sight || IsOwn(asked, view))],
            Assessment = _assessments.FirstOrDefault(assessment => assessment.Visibility <= view.Sight),
        };
    }

    /// <summary>What is found about the project with a reader's eyes; null where it does not exist for the reader.</summary>
    /// <param name="view">Whose eyes, on which day.</param>
    /// <param name="cycles">Reporting cycles.</param>
    /// <param name="thresholds">When something is a finding.</param>
    /// <param name="keep">Whether others will ask for the same.</param>
    public Looked? Look(View view, IReadOnlyList<ReportingCycle> cycles, SignalThresholds thresholds, bool keep)
    {
        if (!IsFor(view))
        {
            return null;
        }
        // What one partner alone may see is kept for nobody.
        keep = keep && (view.Own is null || !_whole.DecisionRequests.Any(asked => asked.Visibility > view.Sight && IsOwn(asked, view)));
        ref var place = ref _looked[(int)view.Sight];
        if (keep && Volatile.Read(ref place) is { } known && known.Day == view.Day && ReferenceEquals(known.Cycles, cycles))
        {
            return known;
        }
        var looked = Looked.At(SeenBy(view)!, cycles, view.Day, thresholds);
        if (keep)
        {
            // Most projects look the same to everybody.
            looked = Array.Find(_looked, other => other?.Says(looked) == true) ?? looked;
            Volatile.Write(ref place, looked);
        }
        return looked;
    }

    // As Sources writes it: the key that stands in the row.
    private static bool IsOwn(DecisionRequest asked, View view) => view.Own is not null && asked.Partner?.Key == view.Own;

    private static ProjectState Lean(ProjectState whole, FactsPool pool) =>
        whole with
        {
            Problem = null,
            Goal = string.IsNullOrWhiteSpace(whole.Goal) ? null : There,
            Solution = null,
            FieldOfAction = pool.Of(whole.FieldOfAction),
            Funding = [],
            Tags = [],
            Location = null,
            Search = "",
            TitleSort = "",
            Salt = null,
            Stands = [],
            Participations =
            [
                .. whole.Participations.Select(part =>
                    part with
                    {
                        Key = pool.Of(part.Key),
                        Partner = pool.Of(part.Partner)!,
                        Contribution = null,
                        Salt = null,
                    }
                ),
            ],
            Milestones =
            [
                .. whole.Milestones.Select(milestone =>
                    milestone with
                    {
                        Key = pool.Of(milestone.Key),
                        Title = pool.Of(milestone.Title),
                        Partner = pool.Of(milestone.Partner),
                        Description = null,
                        DecisionReference = null,
                        ForecastReason = string.IsNullOrWhiteSpace(milestone.ForecastReason) ? null : There,
                        Salt = null,
                    }
                ),
            ],
            Gates = [.. whole.Gates.Select(gate => gate with { Note = null, Salt = null })],
            Risks = [.. whole.Risks.Select(risk => risk with { Description = null, Response = null, Salt = null })],
            Assessment = null,
            DecisionRequests =
            [
                .. whole.DecisionRequests.Select(asked =>
                    asked with
                    {
                        // The list of open ones shows it.
                        Text = asked.State == DecisionState.Open ? asked.Text : null,
                        Partner = pool.Of(asked.Partner),
                    }
                ),
            ],
            Updates =
            [
                .. whole.Updates.Select(update =>
                    update with
                    {
                        Key = pool.Of(update.Key),
                        Cycle = pool.Of(update.Cycle),
                        Partner = pool.Of(update.Partner),
                        Lights = pool.Of(update.Lights),
                        Reason = null,
                        Done = null,
                        Next = null,
                        Forecasts =
                            update.Forecasts.Count == 0
                                ? []
                                :
                                [
                                    .. update.Forecasts.Select(forecast =>
                                        forecast with
                                        {
                                            Milestone = pool.Of(forecast.Milestone),
                                            Reason = string.IsNullOrWhiteSpace(forecast.Reason) ? null : There,
                                        }
                                    ),
                                ],
                    }
                ),
            ],
        };
}

/// <summary>A state that a project was in, and who could see it then.</summary>
/// <param name="Stand">What decides what it owed.</param>
/// <param name="Visibility">Who could see it.</param>
internal sealed record FormerState(ProjectStand Stand, Visibility Visibility);

/// <summary>What was found about a project with somebody's eyes on a day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Cycles">The reporting cycles.</param>
/// <param name="Findings">What an overview takes of it; none of an archived one.</param>
/// <param name="Duty">Its duty in the current cycle; null when it owes nothing.</param>
internal sealed record Looked(DateOnly Day, IReadOnlyList<ReportingCycle> Cycles, ProjectFindings? Findings, Duty? Duty)
{
    public static Looked At(ProjectState project, IReadOnlyList<ReportingCycle> cycles, DateOnly day, SignalThresholds thresholds) =>
        new(
            day,
            cycles,
            project.Archived ? null : ProjectFindings.Of(project, cycles, day, thresholds),
            Domain.Duties.CurrentCycle(cycles, day) is { } cycle ? Domain.Duties.For(project, cycle, cycles, day) : null
        );

    /// <summary>Whether it is the same.</summary>
    public bool Says(Looked other) =>
        Day == other.Day
        && ReferenceEquals(Cycles, other.Cycles)
        && (Findings is null ? other.Findings is null : other.Findings is not null && Findings.Says(other.Findings))
        && (
            Duty is null
                ? other.Duty is null
                : other.Duty is not null && Duty == other.Duty with { Leads = Duty.Leads } && Duty.Leads.SequenceEqual(other.Duty.Leads)
        );
}

/// <summary>Texts and references that many projects have, each once.</summary>
internal sealed class FactsPool
{
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<Reference, Reference> _references = [];
    private readonly Dictionary<int, IReadOnlyDictionary<Dimension, Rag>> _lights = [];

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? Of(string? text) =>
        text is null ? null
        : _texts.TryGetValue(text, out var known) ? known
        : _texts[text] = text;

    public Reference? Of(Reference? reference) =>
        reference is null ? null
        : _references.TryGetValue(reference, out var known) ? known
        : _references[reference] = reference;

    public IReadOnlyDictionary<Dimension, Rag> Of(IReadOnlyDictionary<Dimension, Rag> lights)
    {
        // A digit for each dimension.
        var code = lights.Aggregate(0, (sum, light) => sum + (1 + (int)light.Value) * (1 << (2 * (int)light.Key)));
        return _lights.TryGetValue(code, out var known) ? known : _lights[code] = lights;
    }
}
