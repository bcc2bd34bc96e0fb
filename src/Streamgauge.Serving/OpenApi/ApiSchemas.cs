using System.Text.Json.Nodes;

namespace Streamgauge.Serving;

/// <summary>The shapes of answers, as JSON Schema.</summary>
/// <remarks>Written as <c>name: type</c> with blanks between: <c>!</c> behind a type is "or null", <c>?</c> behind a name "may be absent", <c>[]</c> a list, <c>{}</c> a map.</remarks>
internal static class ApiSchemas
{
    private const string Read = "as_of:time complete_through:time lag_seconds:number "; // from Redis, when it was asked for
    private const string Fresh = Read + "degraded:boolean age_seconds?:number ";

    private static readonly (string Name, string Shape)[] Shapes =
    [
        ("Problem", "type:string title:string status:integer detail:string instance:string traceId:string allowed?:string[]"),
        ("Overview", "total_count:integer total_value:number last_updated:time! event_types:integer products:integer sessions:integer dead_lettered:integer late:integer clamped:integer lost:integer residue:integer pending:integer"),
        ("EventType", "name:string count:integer value:number share:number"),
        ("EventTypeRest", "count:integer value:number share:number"),
        ("EventTypes", "count:integer items:#EventType[] hidden_count:integer other:#EventTypeRest"),
        ("Product", "name:string count:integer share:number"),
        ("ProductRest", "count:integer share:number"),
        ("Products", "count:integer items:#Product[] hidden_count:integer other:#ProductRest"),
        ("SessionItem", "id:string events:integer"),
        ("Sessions", "count:integer retained_hours:number items:#SessionItem[] next:string!"),
        ("Aggregates", Fresh + "overview:#Overview event_types:#EventTypes products:#Products sessions:#Sessions"),
        ("Summary", Fresh + "overview:#Overview events_per_second:number!"),
        ("Session", Fresh + "id:string events:integer retained_hours:number"),
        ("Tier", "every:string retain:string!"),
        ("ViewLinks", "self:string stream?:string"),
        ("View", "name:string description:string! filter:string! group_by:string[] measures:string[] tiers:#Tier[] limit:integer! state:string built_in:boolean since:time! generation:integer links:#ViewLinks"),
        ("Views", "version:integer views:#View[]"),
        ("Bucket", "start:time end:time final:boolean revision:integer"),
        ("Series", "group:string!{} rest?:boolean values?:any{} totals:any{}"),
        ("Compared", "from:time to:time series:#Series[] totals:any{}"),
        ("MeasureError", "standard_error?:number relative_error?:number"),
        ("ViewAnswer", Fresh + "revision:integer since?:time view:string tier:string from?:time to?:time step?:string tz?:string group_by:string[] measures:string[] buckets:#Bucket[] series:#Series[] totals:any{} hidden_groups:integer errors:#MeasureError{} compare?:#Compared"),
        ("DurationCount", "seconds_max:integer! sessions:integer"),
        ("EventsCount", "events_max:integer! sessions:integer"),
        ("SessionType", "event_type:string sessions:integer"),
        ("SessionOfId", "start:time end:time duration_seconds:number events:integer entry:string exit:string live:boolean"),
        ("SessionTotals", Read + "view:string revision:integer gap_seconds:integer retain_seconds:integer live?:integer sessions?:integer events?:integer average_duration_seconds?:number durations?:#DurationCount[] events_per_session?:#EventsCount[] entries?:#SessionType[] exits?:#SessionType[] other_events?:integer hidden_ids?:integer id?:string items?:#SessionOfId[]"),
        ("Event", "id:string index:integer event_type?:string product?:string user_id?:string session_id?:string event_id?:string value?:number ts:time arrived:time fields:string{}"),
        ("RecentEvents", Read + "count:integer items:#Event[] scanned_entries:integer faulty_events:integer complete:boolean"),
        ("PipelineProblem", "check:string status:string detail:string"),
        ("PipelineTotals", "events:integer value:number sessions:integer dead_lettered:integer late:integer clamped:integer lost:integer residue:integer"),
        ("PipelinePoint", "t:time events_per_second:number! total:integer! p50:number! p95:number! p99:number! lag:number! pending:integer! undelivered:integer!"),
        ("StageShare", "name:string share:number"),
        ("Processor", "consumer:string state:string problem:string! since:time! version:string! events_per_second:number! events:integer! pending:integer idle_seconds:number p99:number! busy:number!"),
        ("PipelineDeadLetters", "stored:integer oldest_age_seconds:number"),
        ("Pipeline", Read + "degraded:boolean stream:string group:string status:string problems:#PipelineProblem[] totals:#PipelineTotals last_updated:time! now:#PipelinePoint stages:#StageShare[] processors:#Processor[] dead_letters:#PipelineDeadLetters history?:#PipelinePoint[]"),
        ("DeadLetterReason", "reason:string count:integer retried:integer oldest:time newest:time"),
        ("DeadLetter", "id:string reason:string origin:string index:integer! at:time retried:integer bytes:integer complete:boolean fields:string[][]"),
        ("DeadLetters", "as_of:time stored:integer looked_at:integer reasons:#DeadLetterReason[] items:#DeadLetter[]"),
        ("Check", "name:string status:string detail:string"),
        ("Health", "status:string checked_at:time as_of:time! complete_through:time! lag_seconds:number! degraded:boolean! checks:#Check[]"),
        ("Probe", "status:string"),
    ];

    public static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };

    public static JsonObject Create()
    {
        var schemas = new JsonObject();
        foreach (var (name, shape) in Shapes) schemas[name] = Object(shape);
        return schemas;
    }

    private static JsonObject Object(string shape)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var part in shape.Split(' '))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var name = part[..colon].TrimEnd('?');
            properties[name] = Type(part[(colon + 1)..]);
            if (part[colon - 1] != '?') required.Add((JsonNode)name);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }

    private static JsonObject Type(string text) => text switch
    {
        [.. var item, '[', ']'] => new JsonObject { ["type"] = "array", ["items"] = Type(item) },
        [.. var item, '{', '}'] => new JsonObject { ["type"] = "object", ["additionalProperties"] = Type(item) },
        ['#', .. var name] => Reference(name),
        "any" => [],
        "time" => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        "time!" => new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" },
        [.. var type, '!'] => new JsonObject { ["type"] = new JsonArray(type, "null") },
        _ => new JsonObject { ["type"] = text },
    };
}
