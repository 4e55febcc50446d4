using System.Globalization;

namespace Allianz.Portfolio.Domain;

/// <summary>What changed about a project, as German sentences.</summary>
public static class GermanChanges
{
    /// <summary>One line per change, in the order in which readers ask for them.</summary>
    public static IEnumerable<string> Sentences(ProjectDifference project) =>
        [
            .. Light("Ampel der Projektpartner", project.Reported),
            .. Light("Einschätzung der Koordination", project.Assessed),
            .. project.DecisionRequests.Select(Sentence),
            .. project.Milestones.Select(Sentence),
            .. project.Fields.Select(Sentence),
            .. project.Gates.Select(Sentence),
            .. project.Risks.Select(Sentence),
            .. project.Participations.Select(Sentence),
            .. StatusUpdates(project.StatusUpdates),
        ];

    /// <summary>As <see cref="Sentences(ProjectDifference)"/>, with the dimensions whose light changed behind the light of all.</summary>
    /// <param name="project">What changed.</param>
    /// <param name="before">The project before.</param>
    /// <param name="after">The project after.</param>
    public static IEnumerable<string> Sentences(ProjectDifference project, ProjectState before, ProjectState after)
    {
        var sentences = Sentences(project).ToList();
        var (old, now) = (Reported.Content(before), Reported.Content(after));
        var changed = Enum.GetValues<Dimension>()
            .Select(dimension => (Dimension: dimension, Before: Of(old, dimension), After: Of(now, dimension)))
            .Where(light => light.Before != light.After)
            .Select(light => $"{German.Name(light.Dimension)} von {German.Name(light.Before)} auf {German.Name(light.After)}")
            .ToList();
        if (changed.Count > 0)
        {
            // The reason stands with the light of all when that changed, too.
            sentences.Insert(
                project.Reported is null ? 0 : 1,
                $"Im Einzelnen: {string.Join(", ", changed)}{(project.Reported is null ? Because(now?.Reason) : "")}"
            );
        }
        return sentences;

        static Rag? Of(StatusState? update, Dimension dimension) =>
            update is not null && update.Lights.TryGetValue(dimension, out var light) ? light : null;
    }

    private static IEnumerable<string> Light(string what, RagDifference? light) =>
        light is null ? [] : [$"{what}: von {German.Name(light.Before)} auf {German.Name(light.After)}{Because(light.Reason)}"];

    private static string Sentence(DecisionRequestDifference request) =>
        request.Kind switch
        {
            DifferenceKind.Added => $"Neuer Entscheidungsbedarf: {request.Title}",
            DifferenceKind.Decided => $"Entschieden: {request.Title}{Because(request.Outcome)}",
            DifferenceKind.Withdrawn => $"Entscheidungsbedarf zurückgezogen: {request.Title}",
            DifferenceKind.Reopened => $"Entscheidungsbedarf wieder offen: {request.Title}",
            DifferenceKind.Removed => $"Entscheidungsbedarf gelöscht: {request.Title}",
            _ => $"Entscheidungsbedarf geändert: {request.Title}",
        };

    private static string Sentence(MilestoneDifference milestone) =>
        milestone.Kind switch
        {
            DifferenceKind.Added => $"Neuer Meilenstein „{milestone.Title}“{On(milestone.After?.CurrentOn)}",
            DifferenceKind.Removed => $"Meilenstein „{milestone.Title}“ entfallen",
            DifferenceKind.Achieved => $"Meilenstein „{milestone.Title}“ erreicht{On(milestone.After?.AchievedOn)}",
            DifferenceKind.Reopened => $"Meilenstein „{milestone.Title}“ wieder offen",
            DifferenceKind.Moved =>
                $"Meilenstein „{milestone.Title}“ verschoben von {Date(milestone.Before?.CurrentOn)} auf {Date(milestone.After?.CurrentOn)}{By(milestone.Days)}{Because(milestone.Reason)}",
            _ => $"Meilenstein „{milestone.Title}“ geändert",
        };

    private static string Sentence(FieldDifference field)
    {
        var name = field.Field switch
        {
            "title" => "Titel",
            "problem" => "Problem",
            "goal" => "Ziel",
            "solution" => "Lösung",
            "phase" => "Phase",
            "fieldOfAction" => "Handlungsfeld",
            "startsOn" => "Beginn",
            "endsOn" => "Ende",
            "budget" => "Budget",
            "funding" => "Finanzierung",
            "visibility" => "Sichtbarkeit",
            "bitkomArea" => "Bitkom-Bereich",
            "tags" => "Schlagwörter",
            "location" => "Ort",
            "progress" => "Fortschritt",
            "spent" => "Ausgaben",
            _ => field.Field,
        };
        return field.Field is "problem" or "goal" or "solution" or "funding" or "bitkomArea" or "tags" or "location" or "fieldOfAction"
                ? $"{name} geändert"
            : field is { Before: { } before, After: { } after }
                ? $"{name}: von {Value(field.Field, before)} auf {Value(field.Field, after)}"
            : field.After is { } first ? $"{name}: {Value(field.Field, first)} (bisher keine Angabe)"
            : $"{name}: keine Angabe mehr";
    }

    private static string Value(string field, string? value) =>
        value is null
            ? "„keine Angabe“"
            : field switch
            {
                "startsOn" or "endsOn" => Date(DateOnly.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
                "budget" or "spent" => German.Euros((long)(decimal.Parse(value, CultureInfo.InvariantCulture) * 100)),
                "progress" => $"{value} %",
                "phase" => German.Name(Enum.Parse<Phase>(value, ignoreCase: true)),
                "visibility" => German.Name(Enum.Parse<Visibility>(value, ignoreCase: true)),
                _ => $"„{value}“",
            };

    private static string Sentence(GateDifference gate) =>
        gate.Kind switch
        {
            DifferenceKind.Added => $"Neues Gate „{gate.Title}“",
            DifferenceKind.Removed => $"Gate „{gate.Title}“ entfallen",
            DifferenceKind.Decided => $"Gate „{gate.Title}“ entschieden: {Outcome(gate.After)}",
            DifferenceKind.Reopened => $"Gate „{gate.Title}“ wieder offen",
            _ => $"Gate „{gate.Title}“ geändert",
        };

    private static string Outcome(GateOutcome? outcome) =>
        outcome switch
        {
            GateOutcome.Passed => "bestanden",
            GateOutcome.PassedWithConditions => "mit Auflagen bestanden",
            GateOutcome.Failed => "nicht bestanden",
            _ => "offen",
        };

    private static string Sentence(RiskDifference risk) =>
        risk.Kind switch
        {
            DifferenceKind.Added => $"Neues Risiko „{risk.Title}“",
            DifferenceKind.Removed => $"Risiko „{risk.Title}“ entfallen",
            _ when risk is { Before: { } before, After: { } after } && before.State != after.State =>
                $"Risiko „{risk.Title}“: von {German.Name(before.State)} auf {German.Name(after.State)}",
            _ => $"Risiko „{risk.Title}“ anders bewertet",
        };

    private static string Sentence(ParticipationDifference part) =>
        part.Kind == DifferenceKind.Ended
            ? $"{part.Partner.Name} ist nicht mehr dabei ({German.Name(part.Role)})"
            : $"{part.Partner.Name} ist neu dabei ({German.Name(part.Role)})";

    private static IEnumerable<string> StatusUpdates(IReadOnlyList<StatusUpdateDifference> updates) =>
        updates.Count switch
        {
            0 => [],
            1 => [$"Statusmeldung vom {Date(updates[0].ReportedOn)}{(updates[0].Unchanged ? " (unverändert)" : "")}"],
            _ => [$"{updates.Count} Statusmeldungen, zuletzt vom {Date(updates[0].ReportedOn)}"],
        };

    private static string Date(DateOnly? day) => day is { } known ? German.Date(known) : "„kein Termin“";

    private static string On(DateOnly? day) => day is { } known ? $" am {German.Date(known)}" : "";

    private static string By(int? days) =>
        days switch
        {
            null or 0 => "",
            > 0 => $" ({German.Days(days.Value)} später)",
            _ => $" (um {German.Days(-days.Value)} früher)",
        };

    private static string Because(string? reason) => string.IsNullOrWhiteSpace(reason) ? "" : $" – {reason}";
}
