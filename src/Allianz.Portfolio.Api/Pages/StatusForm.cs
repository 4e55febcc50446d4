using System.Globalization;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// The form for a status update: as it was typed, so that nothing is lost when something is wrong with it. A page that has one calls its
/// property <c>Form</c>, by which the partial <c>_StatusForm</c> names the fields.
/// </summary>
internal sealed partial class StatusForm
{
    /// <summary>What to do when the partner says that nothing changed.</summary>
    public const string Unchanged = "unveraendert";

    /// <summary>What to do when the form is to be kept and not sent.</summary>
    public const string Save = "entwurf";

    /// <summary>What to do when the draft is to go.</summary>
    public const string Discard = "verwerfen";

    private const string UnreadableText =
        "Der Text enthält Zeichen, die nicht zu sehen sind oder die Schreibrichtung umkehren. Bitte geben Sie ihn neu ein.";

    private const int LongestReason = 2000;
    private const int LongestText = 4000;
    private const int LongestForecastReason = 1000;

    private readonly List<InputError> _errors = [];

    /// <summary>Lights as codes; empty when not reported.</summary>
    public string? Schedule { get; set; }
    public string? Cost { get; set; }
    public string? Scope { get; set; }
    public string? Resources { get; set; }
    public string? Risk { get; set; }
    public string? Reason { get; set; }
    public string? Progress { get; set; }
    public string? Spent { get; set; }
    public string? Done { get; set; }
    public string? Next { get; set; }
    public List<ForecastEntry> Forecasts { get; set; } = [];

    /// <summary>Revision of the last status update that it began with; 0 when there was none.</summary>
    public long Seen { get; set; }

    /// <summary>State of the draft that it began with, as <see cref="StatusDraft.Revision"/> tells; 0 when there was none.</summary>
    public long Saved { get; set; }

    /// <summary>What was asked about before sending, so that it is asked once: pressing again is the answer.</summary>
    public string? Asked { get; set; }

    /// <summary>When the draft was saved that it shows; null when it shows none.</summary>
    [BindNever]
    public DateTimeOffset? SavedAt { get; private set; }

    /// <summary>It can be kept without being sent.</summary>
    [BindNever]
    public bool TakesDrafts { get; private set; }

    /// <summary>What somebody else reported in the same name since the form was opened.</summary>
    [BindNever]
    public StatusState? Meanwhile { get; private set; }

    /// <summary>What the form is about; no part of what is typed.</summary>
    [BindNever]
    public StatusPreparation About { get; private set; } = null!;

    /// <summary>What is wrong, in the order of the fields.</summary>
    public IReadOnlyList<InputError> Errors => _errors;

    /// <summary>The lights with their names as fields.</summary>
    public IReadOnlyList<(Dimension Dimension, string Name, string? Value)> Lights =>
        [
            (Dimension.Schedule, nameof(Schedule), Schedule),
            (Dimension.Cost, nameof(Cost), Cost),
            (Dimension.Scope, nameof(Scope), Scope),
            (Dimension.Resources, nameof(Resources), Resources),
            (Dimension.Risk, nameof(Risk), Risk),
        ];

    /// <summary>With what the partner said last.</summary>
    public static StatusForm Of(StatusPreparation about)
    {
        var form = new StatusForm { About = about, Seen = about.Last?.Revision ?? 0 };
        if (about.Last is { } last)
        {
            (form.Schedule, form.Cost, form.Scope, form.Resources, form.Risk) = Codes(last.Lights);
            form.Reason = last.Reason;
            form.Progress = last.Progress?.ToString(CultureInfo.InvariantCulture);
            form.Spent = Euros(last.SpentCents);
            form.Done = last.Done;
            form.Next = last.Next;
        }
        form.Forecasts =
        [
            .. about.Milestones.Select(m => new ForecastEntry
            {
                Milestone = m.Key,
                On = m.ForecastOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Before = m.ForecastOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            }),
        ];
        return form;
    }

    /// <summary>With what is saved as a draft or, when nothing is, with what the partner said last.</summary>
    public static StatusForm Of(StatusPreparation about, StatusDraft? draft)
    {
        var form = Of(about);
        if (draft is { SavedAt: not null })
        {
            (form.Schedule, form.Cost, form.Scope, form.Resources, form.Risk) = Codes(draft.Lights);
            form.Reason = draft.Reason;
            form.Progress = draft.Progress?.ToString(CultureInfo.InvariantCulture);
            form.Spent = Euros(draft.SpentCents);
            (form.Done, form.Next) = (draft.Done, draft.Next);
            foreach (var forecast in draft.Forecasts)
            {
                // One that was reached meanwhile is not asked about any more.
                if (form.Forecasts.FirstOrDefault(f => f.Milestone == forecast.Milestone) is { } entry)
                {
                    entry.On = forecast.ForecastOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                    entry.Reason = forecast.Reason;
                }
            }
            form.Saved = draft.Revision;
        }
        return form.With(draft);
    }

    /// <summary>Lets it be kept as a draft, when there can be one.</summary>
    public StatusForm With(StatusDraft? draft)
    {
        (TakesDrafts, SavedAt) = (draft?.Cycle is not null, draft?.SavedAt);
        return this;
    }

    /// <summary>Says that the draft was saved elsewhere meanwhile; whoever saves again replaces that one.</summary>
    public void SavedElsewhere(StatusDraft? draft)
    {
        Saved = draft?.Revision ?? 0;
        Add(
            "",
            "Inzwischen wurde der Entwurf an anderer Stelle gespeichert oder verworfen. Ihre Eingaben stehen noch hier. Speichern Sie noch einmal, ersetzen sie den anderen Entwurf."
        );
    }

    /// <summary>
    /// Puts what was typed beside what it is about; milestones that came or went meanwhile do the same in the form. What was reported
    /// meanwhile is said once: whoever sends the form again has seen it.
    /// </summary>
    public StatusForm For(StatusPreparation about)
    {
        About = about;
        if (about.Last is { } last && last.Revision != Seen)
        {
            (Meanwhile, Seen) = (last, last.Revision);
            Add(
                nameof(Meanwhile),
                "Inzwischen wurde in demselben Namen schon gemeldet. Ihre Eingaben stehen noch hier: Prüfen Sie, ob sie noch stimmen, und senden Sie sie dann noch einmal ab."
            );
        }
        var typed = Forecasts.Where(f => f.Milestone is not null).DistinctBy(f => f.Milestone).ToDictionary(f => f.Milestone!);
        Forecasts =
        [
            .. Of(about)
                .Forecasts.Select(now =>
                    typed.TryGetValue(now.Milestone!, out var entry) && entry.IsTouched
                        ? new ForecastEntry
                        {
                            Milestone = now.Milestone,
                            On = entry.On,
                            Reason = entry.Reason,
                            Before = now.Before,
                        }
                        : now
                ),
        ];
        return this;
    }

    /// <summary>What is wrong with a field, or null.</summary>
    public string? ErrorOf(string field) => _errors.FirstOrDefault(e => e.Field == IdOf(field))?.Message;

    /// <summary>A field as it is shown.</summary>
    public InputField Of(string field, string label, string? value) =>
        new("Form." + field, label)
        {
            Id = IdOf(field),
            Value = value,
            Error = ErrorOf(field),
            MaxLength = null,
            Depends = true,
        };

    /// <summary>A field's id.</summary>
    public static string IdOf(string field) =>
        field.Length == 0
            ? ""
            : "f-" + field.Replace("[", "-", StringComparison.Ordinal).Replace("].", "-", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Says that something is wrong; without a field when it is with the whole.</summary>
    public void Add(string field, string message)
    {
        if (ErrorOf(field) is null)
        {
            _errors.Add(new InputError(IdOf(field), message));
        }
    }

    /// <summary>The status update that was meant; null when something is wrong with it.</summary>
    /// <param name="action">The button that was pressed.</param>
    public NewStatusUpdate? Read(string? action)
    {
        if (action == Unchanged)
        {
            AskAboutOverdue();
            return _errors.Count > 0
                ? null
                : new NewStatusUpdate
                {
                    Cycle = About.Cycle?.Key,
                    Partner = About.Partner?.Key,
                    Unchanged = true,
                };
        }
        var content = Content();
        var typedWrong = _errors.Count > 0;
        var lights = content.Lights!;
        foreach (
            var finding in RagRules.Check(
                new StatusContent
                {
                    ReportedOn = About.Day,
                    Lights = lights.ByDimension(),
                    Reason = content.Reason,
                    Progress = content.Progress,
                    Done = content.Done,
                    Next = content.Next,
                    SpentCents = content.SpentCents,
                    ForecastMilestones = [.. content.Forecasts.Select(f => f.Milestone)],
                },
                About.Day
            )
        )
        {
            // What could not be read only looks as if nothing had been said.
            if (finding.Code == RagRules.ReasonRequired || !typedWrong)
            {
                Add(
                    finding.Code == RagRules.ReasonRequired ? nameof(Reason) : nameof(Schedule),
                    GermanFindings.Of(finding) ?? "Diese Angaben passen nicht zusammen."
                );
            }
        }
        if (_errors.Count == 0)
        {
            AskAboutReasons(content.Forecasts);
        }
        return _errors.Count > 0
            ? null
            : new NewStatusUpdate
            {
                Cycle = About.Cycle?.Key,
                Partner = About.Partner?.Key,
                Lights = lights,
                Reason = content.Reason,
                Progress = content.Progress,
                SpentCents = content.SpentCents,
                Done = content.Done,
                Next = content.Next,
                Forecasts = content.Forecasts,
            };
    }

    private void AskAboutOverdue()
    {
        var overdue = About.Milestones.Where(m => m.IsOverdue(About.Day)).ToList();
        if (overdue.Count > 0 && IsAskedFirst([Unchanged, .. overdue.Select(m => m.Key)]))
        {
            Add(
                "",
                overdue.Count == 1
                    ? $"Der Meilenstein „{overdue[0].Title}“ war am {German.Date(overdue[0].CurrentOn()!.Value)} fällig. Hat sich wirklich nichts geändert? Melden Sie sonst unten eine neue Prognose; stimmt es, drücken Sie noch einmal auf „Unverändert melden“."
                    : $"{overdue.Count} Meilensteine sind überfällig, am längsten „{overdue.MaxBy(m => m.OverdueDays(About.Day))!.Title}“. Hat sich wirklich nichts geändert? Melden Sie sonst unten neue Prognosen; stimmt es, drücken Sie noch einmal auf „Unverändert melden“."
            );
        }
    }

    private void AskAboutReasons(IEnumerable<NewForecast> forecasts)
    {
        var later = forecasts
            .Select(forecast => (Forecast: forecast, Milestone: About.Milestones.First(m => m.Key == forecast.Milestone)))
            .Where(it => it.Forecast.Reason is null && (it.Milestone.ForecastOn ?? it.Milestone.PlannedOn()) < it.Forecast.ForecastOn)
            .ToList();
        if (later.Count > 0 && IsAskedFirst(later.Select(it => $"{it.Milestone.Key} {it.Forecast.ForecastOn:yyyy-MM-dd}")))
        {
            foreach (var (_, milestone) in later)
            {
                Add(
                    $"Forecasts[{Forecasts.FindIndex(f => f.Milestone == milestone.Key)}].Reason",
                    $"Prognose für „{milestone.Title}“: Warum wird es später? Nennen Sie den Grund; ohne ihn senden Sie die Meldung einfach noch einmal ab."
                );
            }
        }
    }

    // Something else than was asked about is asked about anew.
    private bool IsAskedFirst(IEnumerable<string> about)
    {
        var asked = string.Join(';', about);
        if (asked == Asked)
        {
            return false;
        }
        Asked = asked;
        return true;
    }

    /// <summary>What was typed, to be kept as a draft: nothing is demanded, but what stands there can be read. Null when it cannot.</summary>
    public StatusDraftFields? ReadDraft() => Content() is var content && _errors.Count == 0 ? content : null;

    private StatusDraftFields Content()
    {
        var lights = new LightFields
        {
            Schedule = Light(nameof(Schedule), Schedule),
            Cost = Light(nameof(Cost), Cost),
            Scope = Light(nameof(Scope), Scope),
            Resources = Light(nameof(Resources), Resources),
            Risk = Light(nameof(Risk), Risk),
        };
        return new StatusDraftFields
        {
            Lights = lights,
            Reason = Text(nameof(Reason), Reason, LongestReason),
            Progress = Percent(),
            SpentCents = Amount(),
            Done = Text(nameof(Done), Done, LongestText),
            Next = Text(nameof(Next), Next, LongestText),
            Forecasts = [.. Moved()],
        };
    }

    /// <summary>Says what a command objected to, in the words of the form.</summary>
    public void Add(Problem problem)
    {
        if (Meanwhile is not null)
        {
            // That is what it objected to.
            return;
        }
        foreach (var error in problem.Errors is { Count: > 0 } errors ? errors : [new FieldError("", "")])
        {
            switch (error.Pointer.Split('/'))
            {
                case ["", "forecasts", ..]:
                    Add(nameof(Forecasts), "Meilensteine: Einer der Meilensteine wurde inzwischen geändert. Prüfen Sie die Prognosen.");
                    break;
                case ["", "unchanged", ..]:
                    Add("", "Inzwischen liegt eine andere Meldung vor. Prüfen Sie die Angaben und senden Sie sie vollständig ab.");
                    break;
                default:
                    Add(
                        "",
                        problem.Status == StatusCodes.Status503ServiceUnavailable
                            ? "Im Moment wird viel geschrieben, Ihre Meldung ist noch nicht gespeichert. Senden Sie sie bitte noch einmal ab."
                            : "Die Meldung passt nicht zum Stand des Projekts. Prüfen Sie die Angaben und senden Sie sie noch einmal ab."
                    );
                    break;
            }
        }
    }

    private static (string? Schedule, string? Cost, string? Scope, string? Resources, string? Risk) Codes(
        IReadOnlyDictionary<Dimension, Rag> lights
    )
    {
        return (Code(Dimension.Schedule), Code(Dimension.Cost), Code(Dimension.Scope), Code(Dimension.Resources), Code(Dimension.Risk));

        string? Code(Dimension dimension) => lights.TryGetValue(dimension, out var rag) ? Domain.Codes.Of(rag) : null;
    }

    private static string? Euros(long? cents) =>
        cents is { } amount ? German.Euros(amount).Replace(" €", "", StringComparison.Ordinal) : null;

    private Rag? Light(string field, string? typed)
    {
        if (string.IsNullOrEmpty(typed))
        {
            return null;
        }
        foreach (var rag in Enum.GetValues<Rag>())
        {
            if (Domain.Codes.Of(rag) == typed)
            {
                return rag;
            }
        }
        Add(field, "Ampel: Wählen Sie grün, gelb, rot oder „nicht gemeldet“.");
        return null;
    }

    private int? Percent()
    {
        if (Clean(Progress)?.TrimEnd('%', ' ') is not { Length: > 0 } text)
        {
            return null;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100)
        {
            return percent;
        }
        Add(nameof(Progress), "Fortschritt: Geben Sie eine ganze Zahl von 0 bis 100 ein.");
        return null;
    }

    private long? Amount()
    {
        if (Clean(Spent)?.TrimEnd('€', ' ') is not { Length: > 0 } text)
        {
            return null;
        }
        if (
            GermanAmount().IsMatch(text)
            && decimal.TryParse(
                text.Replace(".", "", StringComparison.Ordinal).Replace(',', '.'),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var euros
            )
            && Money.TryToCents(euros, out var cents)
        )
        {
            return cents;
        }
        Add(nameof(Spent), "Ausgegeben: Geben Sie einen Betrag in Euro ein, zum Beispiel 1.234,56.");
        return null;
    }

    private string? Text(string field, string? typed, int longest)
    {
        if (Clean(typed, field) is not { Length: > 0 } text)
        {
            return null;
        }
        if (text.Length > longest)
        {
            var name = field switch
            {
                nameof(Reason) => "Begründung",
                nameof(Done) => "Erreicht",
                nameof(Next) => "Nächste Schritte",
                _ => "Grund",
            };
            Add(
                field,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: Höchstens {longest} Zeichen; das sind {text.Length - longest} zu viel."
                )
            );
        }
        return text;
    }

    // Only what differs: a forecast that stands as it was is no news.
    private IEnumerable<NewForecast> Moved()
    {
        for (var i = 0; i < Forecasts.Count; i++)
        {
            var (typed, milestone) = (Forecasts[i], About.Milestones[i]);
            var reason = Text($"Forecasts[{i}].Reason", typed.Reason, LongestForecastReason);
            if (Clean(typed.On) is not { Length: > 0 } text)
            {
                if (reason is not null)
                {
                    Add($"Forecasts[{i}].On", $"Prognose für „{milestone.Title}“: Zum Grund fehlt das Datum.");
                }
                continue;
            }
            if (
                !DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d.M.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var on)
                || on.Year is < 2000 or >= 2100
            )
            {
                Add($"Forecasts[{i}].On", $"Prognose für „{milestone.Title}“: Geben Sie ein Datum ein, zum Beispiel 30.11.2026.");
            }
            else if (on != milestone.ForecastOn || reason is not null)
            {
                yield return new NewForecast
                {
                    Milestone = milestone.Key,
                    ForecastOn = on,
                    Reason = reason,
                };
            }
        }
    }

    // As the API takes texts, with one kind of line end; what the API would refuse is said in German.
    private string? Clean(string? typed, string? field = null)
    {
        if (typed is null)
        {
            return null;
        }
        var text = PlainText.Kept(string.Concat(typed.ReplaceLineEndings("\n").Where(c => !char.IsControl(c) || c is '\n' or '\t')), true);
        if (field is not null && PlainText.Wrong(text, lines: true) is not null)
        {
            Add(field, UnreadableText);
        }
        return text;
    }

    [GeneratedRegex(@"^(\d{1,3}(\.\d{3})+|\d{1,15})(,\d{1,2})?$")]
    private static partial Regex GermanAmount();
}

/// <summary>What was typed for a milestone.</summary>
internal sealed class ForecastEntry
{
    /// <summary>Key of the milestone.</summary>
    public string? Milestone { get; set; }
    public string? On { get; set; }
    public string? Reason { get; set; }

    /// <summary>The forecast that the form began with.</summary>
    public string? Before { get; set; }

    /// <summary>Somebody typed here. What nobody touched follows the milestone, and does not put it back where it was.</summary>
    public bool IsTouched => On != Before || !string.IsNullOrWhiteSpace(Reason);
}
