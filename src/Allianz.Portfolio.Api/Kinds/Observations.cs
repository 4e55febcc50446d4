using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Observations
{
    private static readonly Statement _sameDay = new(from =>
        $"SELECT b.[Key] FROM {from.Shared("Observation", "b")} WHERE b.Indicator = @indicator AND b.ObservedOn = @observedOn AND b.Id <> @id"
    );

    public static readonly BelowDeclaration<Observation, Indicator> Kind = new()
    {
        Plural = "observations",
        Names = "Observations",
        Tag = "Indicators",
        Resource = Resource.Observation,
        AboveKind = Indicators.Kind,
        Of = (observation, indicator) => observation with { Indicator = indicator },
        Order = ("ObservedOn", observation => observation.ObservedOn),
        KeyFrom = observation => observation.Indicator,
        KeyElse = "beobachtung",
        Complete = WithKeyAsync,
        Rules = Observation.Rules,
        Fits = RequireOnlyOfItsDayAsync,
        Summaries = new(
            "What was observed of an indicator, oldest first",
            "An observation",
            "Add an observation",
            "Correct an observation",
            "Delete an observation that never was one"
        ),
        New = new()
        {
            ObservedOn = new(2024, 12, 31),
            Value = 22,
            OutOf = 82,
        },
        ChangeExample = new { note = "Neue Erhebungsmethode" },
    };

    // Of the indicator and the day.
    private static async Task<Observation> WithKeyAsync(
        CheckContext context,
        Observation? before,
        Observation observation,
        CancellationToken ct
    )
    {
        if (before is not null)
        {
            return observation;
        }
        var day = observation.ObservedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var stem = observation.Indicator[..Math.Min(observation.Indicator.Length, Keys.MaxLength - day.Length - 1)].TrimEnd('-', '.', '_');
        return observation with { Key = await context.State.FreeKeyAsync<Observation>($"{stem}.{day}", ct) };
    }

    // 409 when there is another observation of that day.
    private static async Task RequireOnlyOfItsDayAsync(LedgerState state, Observation observation, CancellationToken ct)
    {
        var parameters = new
        {
            indicator = observation.Indicator,
            observedOn = observation.ObservedOn,
            id = observation.Id,
        };
        if (await state.Session.FirstAsync<string>(_sameDay, View.All(state.Today), parameters, ct) is { } other)
        {
            throw Problem.Conflict($"There is already an observation of that day: '{other}'.", "/observedOn");
        }
    }
}
