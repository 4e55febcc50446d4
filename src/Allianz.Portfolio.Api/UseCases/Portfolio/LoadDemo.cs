using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Assessments;
using Allianz.Portfolio.Api.UseCases.BoardMeetings;
using Allianz.Portfolio.Api.UseCases.ReportingCycles;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

/// <summary>
/// Fills an empty portfolio with the demo in <c>database/demo</c>: ordinary writes, dated back, so that there is a past to look at.
/// The steps of all files are taken in the order of their days, on one day in the order of the files' names, and each makes a revision.
/// They last together: a start that is broken off leaves the portfolio empty.
/// </summary>
internal static partial class LoadDemo
{
    private const string Folder = "database/demo/";

    private static readonly Caller _loader = Caller.Program("demo");

    private static readonly Precondition _any = new(Revisions: null);

    /// <summary>Loads the demo into an empty portfolio; one that was ever changed stays as it is.</summary>
    /// <param name="Steps">Those of the demo when not given.</param>
    public sealed record Command(IReadOnlyList<Step>? Steps = null) : IRequest<int>;

    public sealed class Handler(IMediator mediator, PortfolioDatabase database, PortfolioLedger ledger, TimeProvider clock)
        : IRequestHandler<Command, int>
    {
        /// <returns>How many revisions were made.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            Head head;
            await using (var session = await database.OpenAsync(cancellationToken))
            {
                if (await PortfolioLedger.LastChangeAsync(session, cancellationToken) is not null)
                {
                    return 0;
                }
                head = await PortfolioLedger.HeadAsync(session, cancellationToken);
            }
            var steps = request.Steps ?? Steps();
            // On the wall in Dortmund, so that -7d is the same hour of the day a week ago, whatever the clocks did since.
            var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Berlin.Zone).DateTime;
            await ledger.TogetherAsync(
                async () =>
                {
                    for (var i = 0; i < steps.Count; i++)
                    {
                        await TakeAsync(steps[i], now, head.Number + i + 1, cancellationToken);
                    }
                },
                cancellationToken
            );
            return steps.Count;
        }

        private async Task TakeAsync(Step step, DateTime now, long number, CancellationToken ct)
        {
            try
            {
                if ((await mediator.Send(step.ToCommand(now), ct)).Revision != number)
                {
                    throw new InvalidOperationException("It changed nothing.");
                }
            }
            catch (Exception e) when (e is Problem or InvalidOperationException)
            {
                throw step.Wrong(e);
            }
        }
    }

    /// <summary>All steps in the order in which they are taken.</summary>
    internal static IReadOnlyList<Step> Steps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .SelectMany(name => Read(assembly, name))
                .OrderBy(step => step.Days),
        ];
    }

    private static IEnumerable<Step> Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var json = new byte[stream.Length];
        stream.ReadExactly(json);
        var file = name[Folder.Length..];
        try
        {
            return Body.Read<Script[]>(json).Select((step, i) => new Step(file, i + 1, step));
        }
        catch (Problem problem)
        {
            throw new InvalidOperationException($"{Folder}{file} {problem.Errors?[0].Pointer}: {problem.Message}", problem);
        }
    }

    // "-35d", "+45d", "0d": so many days before or after the day of loading.
    [GeneratedRegex(@"^([+-]?\d{1,4})d\z")]
    private static partial Regex Relative();

    private static int? Days(string text) =>
        Relative().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    /// <summary>A step as it stands in its file.</summary>
    internal sealed record Script
    {
        /// <summary>The day, relative to the day of loading, e.g. <c>-35d</c>.</summary>
        public required string At { get; init; }

        /// <summary>Path below /api/v1 that is posted to.</summary>
        public string? Post { get; init; }

        /// <summary>Path below /api/v1 of what is changed.</summary>
        public string? Patch { get; init; }

        /// <summary>What is sent. Dates may be relative; one that is no working day is moved back to the working day before it.</summary>
        public required JsonObject Body { get; init; }
    }

    /// <param name="File">Name of its file below <c>database/demo</c>.</param>
    /// <param name="Index">Its place in the file, from 1.</param>
    /// <param name="Script">As it stands there.</param>
    internal sealed record Step(string File, int Index, Script Script)
    {
        public int Days => LoadDemo.Days(Script.At) ?? throw Wrong(new FormatException($"'{Script.At}' is not a day such as -35d."));

        /// <param name="now">When the demo is loaded, on the wall in Dortmund.</param>
        public IRequest<Written> ToCommand(DateTime now)
        {
            var wall = now.AddDays(Days);
            var caller = _loader with { At = new DateTimeOffset(wall, Berlin.Zone.GetUtcOffset(wall)) };
            var body = (JsonObject)Dated(Script.Body, DateOnly.FromDateTime(now))!;
            return (Script.Post, Script.Patch) switch
            {
                ({ } path, null) => Create(caller, path.Split('/'), body),
                (null, { } path) => Change(caller, path.Split('/'), body),
                _ => throw new InvalidOperationException("A step must have either 'post' or 'patch'."),
            };
        }

        public InvalidOperationException Wrong(Exception because) =>
            new($"{Folder}{File}, step {Index} ({Script.Post ?? Script.Patch}): {because.Message}", because);
    }

    private static IRequest<Written> Create(Caller caller, string[] path, JsonObject body) =>
        path switch
        {
            ["board-meetings"] => new CreateBoardMeeting.Command(caller, Input<NewBoardMeeting>(body)),
            ["reporting-cycles"] => new CreateReportingCycle.Command(caller, Input<NewReportingCycle>(body)),
            [var kinds] when AllKinds.At(kinds) is { } kind => kind.Create(caller, null, body),
            [var above, var key, var kinds] when AllKinds.At(kinds, above) is { } kind => kind.Create(caller, key, body),
            ["projects", var p, "status-updates"] => new CreateStatusUpdate.Command(caller, p, Input<NewStatusUpdate>(body)),
            ["projects", var p, "assessments"] => new CreateAssessment.Command(caller, p, Input<NewAssessment>(body)),
            _ => throw new InvalidOperationException("Nothing is posted to this path."),
        };

    private static IRequest<Written> Change(Caller caller, string[] path, JsonObject patch) =>
        path switch
        {
            [var kinds, var key] when AllKinds.At(kinds) is { } kind => kind.Change(caller, null, key, _any, patch),
            [var above, var a, var kinds, var key] when AllKinds.At(kinds, above) is { } kind => kind.Change(caller, a, key, _any, patch),
            _ => throw new InvalidOperationException("Nothing is patched at this path."),
        };

    private static T Input<T>(JsonObject body) => Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(body, JsonRules.Output));

    private static JsonNode? Dated(JsonNode? node, DateOnly today) =>
        node switch
        {
            JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Dated(m.Value, today)))),
            JsonArray items => new JsonArray([.. items.Select(item => Dated(item, today))]),
            JsonValue value when value.GetValueKind() == JsonValueKind.String && Days(value.GetValue<string>()) is { } days =>
                JsonValue.Create(WorkingDays.Add(today.AddDays(days + 1), -1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ => node?.DeepClone(),
        };
}
