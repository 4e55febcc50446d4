using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>What can be had at most: bare Kestrel, hand-written ADO.NET, Utf8JsonWriter; the same bytes from the same file, and a static answer.</summary>
internal static class Yardstick
{
    private static readonly JsonWriterOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task ServeAsync(int port, string file)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var source = $"Data Source={file}";
        var fixedBytes = new byte[2000];
        Array.Fill(fixedBytes, (byte)'x');
        app.UseRouting();
#pragma warning disable ASP0014 // Routing is set up by hand here: nothing but Kestrel and routing is wanted.
        app.UseEndpoints(routes =>
        {
            routes.MapGet("/static", (HttpContext http) => WriteAsync(http, fixedBytes));
            routes.MapGet("/list", (HttpContext http) => WriteAsync(http, List(source)));
            routes.MapGet("/one", (HttpContext http) => WriteAsync(http, One(source, http.Request.Query["key"]!)));
        });
#pragma warning restore ASP0014
        await app.RunAsync();
    }

    private static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static ReadOnlyMemory<byte> List(string source)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT p.[Key], p.Title, p.Phase, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility, p.Sample, p.FromRevision, s.Progress, s.ReportedOn, s.Rag,
                (SELECT group_concat(l.Partner) FROM ParticipationVersion l WHERE l.ProjectId = p.Id AND l.UntilRevision = 9223372036854775807 AND l.Role = 'lead'),
                p.TitleSort, p.Id
            FROM ProjectVersion p LEFT JOIN StatusUpdateVersion s ON s.ProjectId = p.Id AND s.UntilRevision = 9223372036854775807
            WHERE p.UntilRevision = 9223372036854775807 AND p.Visibility <= 0 AND p.Archived = 0
            ORDER BY p.TitleSort, p.Id LIMIT 101
            """;
        using var reader = command.ExecuteReader();
        var buffer = new ArrayBufferWriter<byte>(32 * 1024);
        using var json = new Utf8JsonWriter(buffer, _json);
        json.WriteStartObject();
        json.WriteStartArray("data");
        for (var n = 0; n < 100 && reader.Read(); n++)
        {
            json.WriteStartObject();
            json.WriteString("key", reader.GetString(0));
            json.WriteString("title", reader.GetString(1));
            json.WriteString("phase", reader.GetString(2));
            json.WriteStartArray("leads");
            if (!reader.IsDBNull(12))
            {
                foreach (var lead in reader.GetString(12).Split(','))
                {
                    json.WriteStringValue(lead);
                }
            }
            json.WriteEndArray();
            Text(json, reader, "startsOn", 3);
            Text(json, reader, "endsOn", 4);
            Euros(json, reader, "budget", 5);
            json.WriteString("visibility", "public");
            Text(json, reader, "rag", 11);
            if (!reader.IsDBNull(9))
            {
                json.WriteNumber("progress", reader.GetInt32(9));
            }
            Text(json, reader, "reportedOn", 10);
            json.WriteBoolean("sample", reader.GetBoolean(7));
            json.WriteNumber("revision", reader.GetInt64(8));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> One(string source, string key)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using var json = new Utf8JsonWriter(buffer, _json);
        json.WriteStartObject();
        string id;
        using (
            var reader = Query(
                connection,
                """
                SELECT p.Id, p.[Key], p.FromRevision, p.Title, p.Goal, p.Phase, p.StartsOn, p.EndsOn, p.BudgetCents,
                    (SELECT r.At FROM Revision r WHERE r.Number = (SELECT MIN(h.FromRevision) FROM ProjectVersion h WHERE h.Id = p.Id))
                FROM Project a JOIN ProjectVersion p ON p.Id = a.Id AND p.UntilRevision = 9223372036854775807 WHERE a.[Key] = @p AND p.Visibility <= 0
                """,
                key
            )
        )
        {
            reader.Read();
            id = reader.GetString(0);
            json.WriteNumber("revision", reader.GetInt64(2));
            json.WriteString("key", reader.GetString(1));
            json.WriteString("title", reader.GetString(3));
            Text(json, reader, "goal", 4);
            json.WriteString("phase", reader.GetString(5));
            Text(json, reader, "startsOn", 6);
            Text(json, reader, "endsOn", 7);
            Euros(json, reader, "budget", 8);
            json.WriteStartArray("funding");
            json.WriteEndArray();
            json.WriteString("visibility", "public");
            json.WriteStartArray("tags");
            json.WriteEndArray();
            json.WriteString("knownSince", reader.GetString(9)[..10]);
            json.WriteBoolean("archived", false);
            json.WriteBoolean("sample", false);
        }
        Parts(
            json,
            "participations",
            connection,
            id,
            "SELECT x.[Key], x.Partner, o.Name, x.Role, x.FromRevision FROM ParticipationVersion x JOIN PartnerVersion o ON o.[Key] = x.Partner AND o.UntilRevision = 9223372036854775807 WHERE x.ProjectId = @p AND x.UntilRevision = 9223372036854775807",
            reader =>
            {
                json.WriteString("key", reader.GetString(0));
                Partner(json, reader, 1);
                json.WriteString("role", reader.GetString(3));
                json.WriteBoolean("sample", false);
                json.WriteNumber("revision", reader.GetInt64(4));
            }
        );
        Parts(
            json,
            "milestones",
            connection,
            id,
            "SELECT x.[Key], x.Title, x.BaselineOn, x.ForecastOn, x.FromRevision FROM MilestoneVersion x WHERE x.ProjectId = @p AND x.UntilRevision = 9223372036854775807 ORDER BY x.ForecastOn, x.[Key]",
            reader =>
            {
                json.WriteString("key", reader.GetString(0));
                json.WriteString("title", reader.GetString(1));
                Text(json, reader, "baselineOn", 2);
                Text(json, reader, "forecastOn", 3);
                json.WriteBoolean("sample", false);
                json.WriteNumber("revision", reader.GetInt64(4));
            }
        );
        foreach (var (name, table) in new[] { ("gates", "Gate"), ("risks", "Risk"), ("decisionRequests", "DecisionRequest") })
        {
            Parts(
                json,
                name,
                connection,
                id,
                $"SELECT x.[Key] FROM {table}Version x WHERE x.ProjectId = @p AND x.UntilRevision = 9223372036854775807",
                _ => { }
            );
        }
        using (
            var reader = Query(
                connection,
                "SELECT s.[Key], s.Partner, o.Name, s.ReportedOn, s.RagSchedule, s.Reason, s.Progress, s.Done, s.FromRevision, s.Rag FROM StatusUpdateVersion s JOIN PartnerVersion o ON o.[Key] = s.Partner AND o.UntilRevision = 9223372036854775807 WHERE s.ProjectId = @p ORDER BY s.FromRevision DESC LIMIT 8",
                id
            )
        )
        {
            if (reader.Read())
            {
                Text(json, reader, "shownRag", 9);
                json.WriteStartArray("signals");
                json.WriteEndArray();
                json.WriteStartObject("status");
                json.WriteString("key", reader.GetString(0));
                Partner(json, reader, 1);
                json.WriteString("reportedOn", reader.GetString(3));
                json.WriteStartObject("lights");
                Text(json, reader, "schedule", 4);
                json.WriteEndObject();
                Text(json, reader, "reason", 5);
                json.WriteNumber("progress", reader.GetInt32(6));
                Text(json, reader, "done", 7);
                json.WriteStartArray("forecasts");
                json.WriteEndArray();
                json.WriteBoolean("unchanged", false);
                json.WriteBoolean("sample", false);
                json.WriteNumber("revision", reader.GetInt64(8));
                Text(json, reader, "overall", 9);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Parts(
        Utf8JsonWriter json,
        string name,
        SqliteConnection connection,
        string id,
        string sql,
        Action<SqliteDataReader> write
    )
    {
        using var reader = Query(connection, sql, id);
        json.WriteStartArray(name);
        while (reader.Read())
        {
            json.WriteStartObject();
            write(reader);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static SqliteDataReader Query(SqliteConnection connection, string sql, string parameter)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@p", parameter);
        return command.ExecuteReader();
    }

    private static void Partner(Utf8JsonWriter json, SqliteDataReader reader, int column)
    {
        json.WriteStartObject("partner");
        json.WriteString("key", reader.GetString(column));
        json.WriteString("name", reader.GetString(column + 1));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (!reader.IsDBNull(column))
        {
            json.WriteString(name, reader.GetString(column));
        }
    }

    private static void Euros(Utf8JsonWriter json, SqliteDataReader reader, string name, int column)
    {
        if (!reader.IsDBNull(column))
        {
            json.WritePropertyName(name);
            json.WriteRawValue((reader.GetInt64(column) * 0.01m).ToString(CultureInfo.InvariantCulture));
        }
    }
}
