"""Pictures in every form of PNG and JPEG with the pixels that they stand for, resampled pictures, and measures.

PNG files are written here from the specification alone; what they stand for is computed by numpy, and by Pillow where
its rules are ours. JPEG files, resampling and CLIP's preprocessing are Pillow's and transformers', similarities scikit-image's.

Usage: ORACLE/bin/python gen_pictures.py ../../Tests/Fixtures/pictures.safetensors
with scikit-image 0.26.0 and piexif 1.1.3 installed beside the packages of the oracle.
"""
import io, struct, sys, zlib
import numpy as np
import piexif, piexif.helper
from PIL import Image, ImageOps, PngImagePlugin
from safetensors.numpy import save_file
from skimage.metrics import structural_similarity
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

rng = np.random.default_rng(8)
out, metadata = {}, {}
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """Rows of samples [H, W, C] as PNG packs them, unfiltered."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16: lines = [row.astype(">u2").tobytes() for row in rows]
    elif depth == 8: lines = [row.astype(np.uint8).tobytes() for row in rows]
    else:
        bits = ((rows[..., None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(rows.shape[0], -1).astype(np.uint8)
        lines = [np.packbits(row).tobytes() for row in bits]
    return b"".join(b"\0" + line for line in lines)


def png(samples, depth, colour, interlaced=False, before=b"", after=b""):
    height, width = samples.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in passes] if interlaced else [samples]
    raw = b"".join(packed(p, depth) for p in parts if p.size)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(raw)) + after + chunk(b"IEND", b"")


def keep(name, data, values):
    out[name + ".file"] = np.frombuffer(data, np.uint8).copy()
    out[name + ".values"] = np.ascontiguousarray(values.astype(np.uint8))


def eight(samples, depth):
    return np.floor(samples * 255 / (2 ** depth - 1) + 0.5).astype(np.uint8)


def samples(depth, channels, height=7, width=11):
    return rng.integers(0, 2 ** depth, (height, width, channels)).astype(np.int64)


# ---- PNG: every depth and kind, plain and interlaced
for depth in (1, 2, 4, 8, 16):
    for interlaced in (False, True):
        s = samples(depth, 1)
        keep(f"png.grey{depth}{'.interlaced' * interlaced}", png(s, depth, GREY, interlaced), eight(s, depth))
for depth in (8, 16):
    for interlaced in (False, True):
        for title, colour in (("rgb", RGB), ("rgba", RGBA), ("greyalpha", GREY_ALPHA)):
            s = samples(depth, CHANNELS[colour])
            v = eight(s, depth)
            if colour == GREY_ALPHA: v = v[..., [0, 0, 0, 1]]
            keep(f"png.{title}{depth}{'.interlaced' * interlaced}", png(s, depth, colour, interlaced), v)
for depth in (1, 2, 4, 8):
    colours = rng.integers(0, 256, (2 ** depth, 3)).astype(np.uint8)
    opacity = rng.integers(0, 256, 2 ** depth - 1).astype(np.uint8)
    s = samples(depth, 1)
    table = chunk(b"PLTE", colours.tobytes())
    keep(f"png.palette{depth}", png(s, depth, PALETTE, before=table), colours[s[..., 0]])
    full = np.concatenate([colours, np.append(opacity, 255).astype(np.uint8)[:, None]], 1)
    data = png(s, depth, PALETTE, True, before=table + chunk(b"tRNS", opacity.tobytes()))
    keep(f"png.palette{depth}.transparent", data, full[s[..., 0]])
for depth in (8, 16):
    s = samples(depth, 3)
    key = s[2, 3]
    v = np.concatenate([eight(s, depth), np.where((s == key).all(-1), 0, 255)[..., None]], -1)
    keep(f"png.rgb{depth}.transparent", png(s, depth, RGB, before=chunk(b"tRNS", struct.pack(">3H", *key))), v)
    s = samples(depth, 1)
    key = s[1, 1, 0]
    v = np.concatenate([eight(s, depth)] * 3 + [np.where(s == key, 0, 255)], -1)
    keep(f"png.grey{depth}.transparent", png(s, depth, GREY, before=chunk(b"tRNS", struct.pack(">H", key))), v)

# ---- PNG: texts, before and behind the pixels
s = samples(8, 3)
info = PngImagePlugin.PngInfo()
info.add_text("parameters", "a café, 50×50\nSteps: 20")                 # Latin-1
info.add_itxt("prompt", "猫 and ☕", zip=False)
info.add_itxt("packed", "猫 " * 40, zip=True)
info.add_text("ztxt", "again " * 40, zip=True)
stream = io.BytesIO()
Image.fromarray(s.astype(np.uint8)).save(stream, "PNG", pnginfo=info)
keep("png.texts", stream.getvalue(), s)
late = chunk(b"tEXt", b"parameters\0late") + chunk(b"tEXt", "wrong\0naïve".encode("utf-8"))
keep("png.late", png(s, 8, RGB, after=late), s)

# ---- JPEG
f = np.sqrt(np.fft.fftfreq(48)[:, None] ** 2 + np.fft.fftfreq(64)[None] ** 2); f[0, 0] = 1
smooth = np.stack([np.fft.ifft2(np.fft.fft2(rng.standard_normal((48, 64))) / f ** 1.3).real for _ in range(3)], -1)
smooth = np.clip((smooth / smooth.std()) * 50 + 128, 0, 255).astype(np.uint8)
photo = Image.fromarray(smooth)


def jpeg(name, picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    back = ImageOps.exif_transpose(Image.open(io.BytesIO(stream.getvalue())))
    keep(name, stream.getvalue(), np.asarray(back).reshape(back.height, back.width, -1))


jpeg("jpeg.420", photo, quality=90)
jpeg("jpeg.444", photo, quality=95, subsampling=0)
jpeg("jpeg.422", photo, quality=80, subsampling=1)
jpeg("jpeg.grey", photo.convert("L"), quality=90)
jpeg("jpeg.progressive", photo, quality=85, progressive=True)
small = photo.crop((0, 0, 24, 16))
for orientation in range(1, 9):
    exif = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}})
    jpeg(f"jpeg.orientation{orientation}", small, quality=95, subsampling=0, exif=exif)
comment = piexif.helper.UserComment.dump("猫 and ☕\nSteps: 20", encoding="unicode")
jpeg("jpeg.comment", small, exif=piexif.dump({"Exif": {piexif.ExifIFD.UserComment: comment}}))
little = Image.Exif(); little.endian = "<"
little.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "little 猫".encode("utf-16-le")
jpeg("jpeg.comment.little", small, exif=little.tobytes())
ascii = Image.Exif(); ascii.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0plain"
jpeg("jpeg.comment.ascii", small, exif=ascii.tobytes())
stream = io.BytesIO(); photo.convert("CMYK").save(stream, "JPEG")
out["jpeg.cmyk.file"] = np.frombuffer(stream.getvalue(), np.uint8).copy()

# ---- Resampling: Pillow's, of photo-like and of extreme values
noise = rng.choice([0, 255, 128], (13, 17, 3)).astype(np.uint8)
alpha = np.concatenate([smooth[:20, :30], rng.integers(0, 256, (20, 30, 1))], -1).astype(np.uint8)
sources = {"photo": smooth, "noise": noise, "grey": smooth[:31, :23, :1], "alpha": alpha}
sizes = {"photo": [(64, 20), (13, 48), (96, 80), (31, 29), (1, 1)], "noise": [(40, 31), (5, 4), (17, 7)],
         "grey": [(50, 13)], "alpha": [(45, 33), (11, 7)]}
for name, source in sources.items():
    out[f"resize.{name}"] = np.ascontiguousarray(source)
    picture = Image.fromarray(source.squeeze())
    for size in sizes[name]:
        for filter in ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS"):
            made = np.asarray(picture.resize(size, Image.Resampling[filter]))
            out[f"resize.{name}.{size[0]}x{size[1]}.{filter.lower()}"] = np.ascontiguousarray(made.reshape(size[1], size[0], -1))
out["grey"] = np.ascontiguousarray(np.asarray(photo.convert("L"))[..., None])

# ---- CLIP: a small tower's crop of both orientations, and the real side
processor = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
for name, picture in (("wide", photo), ("tall", photo.transpose(Image.Transpose.TRANSPOSE)), ("small", small)):
    out[f"clip.{name}"] = np.ascontiguousarray(np.asarray(picture))
    out[f"clip.{name}.values"] = processor(picture, return_tensors="np")["pixel_values"].astype(np.float32)
real = CLIPImageProcessorPil()(photo, return_tensors="np")["pixel_values"].astype(np.float32)
out["clip.real.rows"] = np.ascontiguousarray(real[:, :, ::32, ::7])

# ---- Measures
other = np.clip(smooth.astype(int) + rng.integers(-20, 21, smooth.shape), 0, 255).astype(np.uint8)
out["ssim.a"], out["ssim.b"] = smooth, other
options = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)
out["ssim.colour"] = np.array([structural_similarity(smooth.astype(float), other.astype(float), channel_axis=2, **options)])
out["ssim.first"] = np.array([structural_similarity(smooth[..., 0].astype(float), other[..., 0].astype(float), **options)])

save_file(dict(sorted(out.items())), sys.argv[1])
