using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class CreateObservation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/indicators/{indicator}/observations",
                (string indicator, Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, indicator, write.Body<NewObservation>()), ct),
                        (view, key) => mediator.ObservationAsync(mapper, view, indicator, key, ct)
                    )
            )
            .Creates<NewObservation, Observation>("Add an observation")
            .For(Right.Create(Resource.Observation));

    private static readonly Statement _sameDay = new(from =>
        $"SELECT b.[Key] FROM {from.Shared("Observation", "b")} WHERE b.Indicator = @indicator AND b.ObservedOn = @observedOn AND b.Id <> @id"
    );

    /// <summary>409 when there is another observation of that day.</summary>
    public static async Task DemandOnlyOfItsDayAsync(Revision revision, ObservationRow row, CancellationToken ct)
    {
        var parameters = new
        {
            indicator = row.Indicator,
            observedOn = row.ObservedOn,
            id = row.Id,
        };
        if (await revision.Session.FirstAsync<string>(_sameDay, View.All(Berlin.DayOf(revision.At)), parameters, ct) is { } other)
        {
            throw Problem.Conflict($"There is an observation of that day: '{other}'.", "/observedOn");
        }
    }

    public sealed record Command(Caller Caller, string Indicator, NewObservation Observation) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, indicatorKey, observation) = request;
            await using var revision = await ledger.BeginAsync(caller, "createObservation", cancellationToken);
            observation.Demand(observation.Rules(Berlin.DayOf(revision.At)));
            var indicator = await revision.SharedAsync<Indicator>(indicatorKey, "indicator", cancellationToken);
            var day = observation.ObservedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var stem = indicator.Key[..Math.Min(indicator.Key.Length, 64 - day.Length - 1)].TrimEnd('-', '.', '_');
            var row = observation.To(
                new ObservationRow
                {
                    Key = await revision.FreeKeyAsync<ObservationRow>($"{stem}.{day}", cancellationToken),
                    Indicator = indicator.Key,
                    ObservedOn = observation.ObservedOn,
                    Value = observation.Value,
                }
            );
            await DemandOnlyOfItsDayAsync(revision, row, cancellationToken);
            await revision.InsertAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
