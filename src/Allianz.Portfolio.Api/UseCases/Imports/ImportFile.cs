using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Imports;

internal static class ImportFile
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/imports",
                async (HttpContext http, IMediator mediator, IOptions<ImportOptions> options, CancellationToken ct) =>
                {
                    var form = await ImportForm.ReadAsync(http.Request, options.Value, ct);
                    var report = await mediator.Send(
                        new Command(
                            http.Caller(),
                            form.File.OpenReadStream,
                            Path.GetFileName(form.File.FileName),
                            await form.MappingAsync(ct),
                            form.Apply,
                            form.ValidOnly,
                            form.Reason,
                            form.Replace
                        ),
                        ct
                    );
                    http.Response.Headers.CacheControl = "no-store";
                    if (form.Apply && !report.Applied && report.Totals.Refused > 0)
                    {
                        throw Refused(report);
                    }
                    return report.Key is { } key
                        ? Results.Json(report, http.Version().Output, statusCode: Located(http, key))
                        : Results.Json(report, http.Version().Output);
                }
            )
            .WithSummary("Import a CSV file: a dry run, or with `apply` for good")
            .WithDescription(
                "200: what would be done, or that there was nothing to do. 201: done, with the key of the import. Applying the same file again "
                    + "changes nothing, so the request is safe to repeat."
            )
            .Accepts<ImportForm>("multipart/form-data")
            .Produces<ImportReport>()
            .Produces<ImportReport>(StatusCodes.Status201Created)
            .Problems(400, 401, 403, 413, 415, 422)
            .WithMetadata(
                // The form around the file needs some bytes, too.
                new LargestBody(api.ServiceProvider.GetRequiredService<IOptions<ImportOptions>>().Value.MaxBytes + Body.Limit)
            )
            .TakesLong()
            .For(Right.Create(Resource.Import));

    // A revision is held in memory until its hash is known; very long files make several.
    private const int MostRowsOfARevision = 20_000;

    private const int LongestName = 260;

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Import (Id, [Key], FileName, FileHash, Mapping, Actor, CreatedAt, Applied, Rows, Created, Changed, Unchanged, Refused, FirstRevision, LastRevision)
            VALUES (@id, @key, @fileName, @hash, @mapping, @actor, @at, 1, @rows, @created, @changed, @unchanged, @refused, @first, @last)
            """
    );

    private static readonly Statement _taken = new(_ => "SELECT i.[Key] FROM Import i WHERE i.[Key] LIKE @like");

    /// <param name="Caller">Who.</param>
    /// <param name="Open">Opens the file from its beginning; called more than once.</param>
    /// <param name="FileName">Its name, for people.</param>
    /// <param name="Mapping">Says which column is what.</param>
    /// <param name="Apply">Write it; otherwise a dry run.</param>
    /// <param name="ValidOnly">Leave refused rows out; otherwise one refused row keeps all from being written.</param>
    /// <param name="Reason">Why, for the ledger.</param>
    /// <param name="Replace">Title and lead of projects that no import of this mapping made may be changed, too.</param>
    public sealed record Command(
        Caller Caller,
        Func<Stream> Open,
        string FileName,
        ImportMapping Mapping,
        bool Apply,
        bool ValidOnly,
        string? Reason = null,
        bool Replace = false
    ) : ICommand<ImportReport>;

    public sealed class Handler(PortfolioDatabase database, PortfolioLedger ledger, TimeProvider clock, IOptions<ImportOptions> options)
        : IRequestHandler<Command, ImportReport>
    {
        private const int MostLoaded = RowWriter.MostStates / 2;

        public async Task<ImportReport> Handle(Command request, CancellationToken cancellationToken)
        {
            var ct = cancellationToken;
            var (_, open, given, mapping, apply, validOnly, _, replace) = request;
            var fileName = NameOf(given);
            var now = clock.GetUtcNow();
            var today = Berlin.DayOf(now);
            var file = await CsvFile.OpenAsync(open, mapping.File, ct, [.. RowReader.Columns(mapping)]);
            var counts = new Counts(options.Value.ShownRows);
            using var staged = Stage(file, new RowReader(mapping, file.Header, today), counts, ct);

            // A dry run is the same work by another pen: it takes no lock, and waits for nobody.
            var trial = await TryAsync(now, ct);
            var writing = new RowWriter(mapping, replace, today);
            var writes = apply && (validOnly || counts.Totals.Refused == 0);
            if (writes)
            {
                // A file that is refused as a whole waits for nobody.
                writes = !await IsRefusedAsync(trial, writing, staged, ct) || validOnly;
            }
            await using ImportPen pen = writes ? await LockAsync(trial, request, ct) : trial;
            // What was read before the lock holds, unless somebody has written since.
            if (pen == trial || pen.Number != trial.Number)
            {
                writing = new RowWriter(mapping, replace, today);
                await writing.PrepareAsync(pen.Session, ct);
            }
            var revisions = new List<ImportRevision>();
            var inRevision = 0;
            DateOnly? day = null;
            string? behind = null;
            foreach (
                var (rows, n, row) in staged.InOrder().Chunk(RowWriter.AtOnce).SelectMany(rows => rows.Select((row, n) => (rows, n, row)))
            )
            {
                ct.ThrowIfCancellationRequested();
                var begins = row.Day is { } next && next != day;
                if (begins)
                {
                    (day, inRevision) = (row.Day, 0);
                    behind = await BeginDayAsync(pen, row.Day!.Value, writing, ct);
                }
                if (begins || n == 0)
                {
                    await pen.FlushAsync(ct);
                    // The state of now is read for the days that follow as well.
                    await writing.LoadAsync(pen, rows.Skip(n).Where(r => behind is null || r.Day == day), ct);
                }
                var plan = writing.Plan(row);
                if (plan.Refusal is null && behind is not null && plan.Changes.Count > 0)
                {
                    plan = plan with
                    {
                        Refusal = new Refusal(
                            mapping.ReportingDate!.Column,
                            $"{behind}, and a status update can be added only after the newest one. The row differs from the one of that day in: {string.Join(", ", plan.Changes)}."
                        ),
                    };
                }
                if (plan.Refusal is null && plan.Changes.Count > 0)
                {
                    if (inRevision == MostRowsOfARevision)
                    {
                        await pen.NextAsync(pen.At, ct);
                        inRevision = 0;
                    }
                    writing.Write(plan, pen);
                    inRevision++;
                    if (revisions is not [.., var newest] || newest.Number != pen.Number)
                    {
                        revisions.Add(new ImportRevision(pen.Number, pen.At));
                    }
                }
                counts.Add(Report(row, plan));
            }

            string? key = null;
            var totals = counts.Totals;
            if (apply && pen == trial && totals.Refused == 0)
            {
                // What was in its way is gone since.
                return await Handle(request, cancellationToken);
            }
            var applied = apply && (validOnly || totals.Refused == 0);
            if (applied && revisions.Count > 0)
            {
                var revision = ((LedgerPen)pen).Revision;
                key = await NoteAsync(revision, request, fileName, file, totals, revisions, now, ct);
                await revision.CommitAsync(ct);
            }
            return new ImportReport
            {
                Key = key,
                FileName = fileName,
                Mapping = mapping.Name,
                Encoding = file.EncodingOfFile,
                Separator = file.Separator,
                Applied = applied,
                Totals = totals,
                Revisions = revisions,
                Similar = [.. writing.Similar.Take(options.Value.ShownRows)],
                Rows = counts.Shown(),
                RowsNotShown = counts.NotShown,
            };
        }

        private async Task<LedgerPen> LockAsync(TrialPen trial, Command request, CancellationToken ct)
        {
            await trial.DisposeAsync();
            return new LedgerPen(await ledger.BeginAsync(request.Caller, "importFile", ct, request.Reason));
        }

        // Others wait from the lock on, so all that can be read is read before it. Then it can be told whether one of the rows that were read
        // for does not fit what is there. Where rows come day after day, later ones depend on what earlier ones write.
        private static async Task<bool> IsRefusedAsync(TrialPen trial, RowWriter writing, StagedRows staged, CancellationToken ct)
        {
            try
            {
                await writing.PrepareAsync(trial.Session, ct);
                await writing.LoadAsync(trial, staged.InOrder().Take(MostLoaded), ct);
                return staged
                    .InOrder()
                    .Take(MostLoaded)
                    .TakeWhile(row => row.Day is null)
                    .Any(row => writing.Plan(row).Refusal is not null);
            }
            catch
            {
                await trial.DisposeAsync();
                throw;
            }
        }

        private async Task<TrialPen> TryAsync(DateTimeOffset now, CancellationToken ct)
        {
            var session = await database.OpenAsync(ct);
            try
            {
                return new TrialPen(session, await PortfolioLedger.HeadAsync(session, ct), now.WholeMilliseconds());
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
        }

        // All that can be said without the portfolio is said before it is locked.
        private static StagedRows Stage(CsvFile file, RowReader reader, Counts counts, CancellationToken ct)
        {
            var staged = new StagedRows();
            try
            {
                reader.LookAtAmounts(file.Records());
                foreach (var record in file.Records())
                {
                    ct.ThrowIfCancellationRequested();
                    var (row, key, day, refusals) = reader.Read(record);
                    if (row is not null && staged.Earlier(row) is { } earlier)
                    {
                        refusals =
                        [
                            new Refusal(
                                null,
                                $"Line {earlier} is about the same project{(day is null ? "" : " on the same day")} already."
                            ),
                        ];
                        row = null;
                    }
                    if (row is not null)
                    {
                        staged.Add(row);
                        continue;
                    }
                    counts.Add(
                        new RowReport
                        {
                            Line = record.Line,
                            Project = key,
                            ReportingDate = day,
                            Outcome = RowOutcome.Refused,
                            Refusals = refusals,
                        }
                    );
                }
                return staged;
            }
            catch
            {
                staged.Dispose();
                throw;
            }
        }

        // A reporting date is the beginning of that day in Dortmund, or later on that day when something was changed on it already. Where the
        // portfolio has gone on since, rows are only compared with what it says of that day.
        private static async Task<string?> BeginDayAsync(ImportPen pen, DateOnly day, RowWriter writing, CancellationToken ct)
        {
            var last = await pen.LastChangeAsync(ct);
            // What this import has written for the day before is not sealed yet; days come in order.
            if (last is { } at && at > Berlin.EndOf(day))
            {
                writing.Look(await PortfolioLedger.RevisionAtAsync(pen.Session, Berlin.EndOf(day), ct), day);
                return $"The portfolio was changed on {Berlin.DayOf(at):yyyy-MM-dd}";
            }
            var start = Berlin.StartOf(day);
            writing.Look(null, day);
            await pen.NextAsync(last > start ? last.Value : start, ct);
            return null;
        }

        private static RowReport Report(ImportRow row, RowPlan plan) =>
            new()
            {
                Line = row.Line,
                Project = plan.After.Key,
                ReportingDate = row.Day,
                Outcome =
                    plan.Refusal is not null ? RowOutcome.Refused
                    : plan.Changes.Count == 0 ? RowOutcome.Unchanged
                    : plan.Before is null ? RowOutcome.Created
                    : RowOutcome.Changed,
                Changes = plan.Refusal is null && plan is { Before: not null, Changes.Count: > 0 } ? plan.Changes : null,
                Refusals = plan.Refusal is { } refusal ? [refusal] : null,
            };

        private static async Task<string> NoteAsync(
            Revision revision,
            Command request,
            string name,
            CsvFile file,
            RowTotals totals,
            IReadOnlyList<ImportRevision> revisions,
            DateTimeOffset now,
            CancellationToken ct
        )
        {
            var id = Guid.CreateVersion7();
            var wish = Keys.FromTitle(Path.GetFileNameWithoutExtension(name), "import");
            var stem = wish[..Math.Min(wish.Length, 56)].TrimEnd('-');
            // The same file comes every month.
            var taken = (await revision.Session.QueryAsync<string>(_taken, null, new { like = stem + "%" }, ct)).ToHashSet();
            var key = wish;
            for (var n = 2; taken.Contains(key); n++)
            {
                key = string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}");
            }
            await revision.Session.ExecuteAsync(
                _insert,
                new
                {
                    id,
                    key,
                    fileName = name,
                    hash = file.Hash,
                    mapping = request.Mapping.Name,
                    actor = request.Caller.Name,
                    at = now,
                    rows = totals.Rows,
                    created = totals.Created,
                    changed = totals.Changed,
                    unchanged = totals.Unchanged,
                    refused = totals.Refused,
                    first = revisions[0].Number,
                    last = revisions[^1].Number,
                },
                ct
            );
            revision.Note("import", id, key, null, Visibility.Board);
            return key;
        }
    }

    // It comes from elsewhere and is shown to people: no character of it is cut in two, turns what stands behind it, or cannot be seen.
    private static string NameOf(string given)
    {
        var name = PlainText.Kept(PlainText.Stripped(given.Length <= LongestName ? given : given[..LongestName]), lines: false);
        return PlainText.Wrong(name, lines: false) is null && name.Length > 0 ? name : "-";
    }

    private static int Located(HttpContext http, string key)
    {
        http.Response.Headers.Location = $"{http.Request.PathBase}{http.Request.Path}/{key}";
        return StatusCodes.Status201Created;
    }

    private static Problem Refused(ImportReport report) =>
        Problem.Invalid([
            .. report
                .Rows.Where(r => r.Refusals is not null)
                .SelectMany(r => r.Refusals!.Select(refusal => (r.Line, refusal)))
                .Take(100)
                .Select(r => new FieldError(
                    $"/file/{r.Line}{(r.refusal.Column is null ? "" : "/" + r.refusal.Column.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))}",
                    r.refusal.Reason
                )),
        ]);
}
