from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "pauses" (
    "scope" VARCHAR(32) NOT NULL PRIMARY KEY,
    "note" VARCHAR(200) NOT NULL,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "pauses" IS 'Nothing new is started for a tier, or for anybody where `scope` is `contracts.tiers.EVERYTHING`.';
        ALTER TABLE "api_keys" ADD "scope" VARCHAR(16) NOT NULL DEFAULT 'user';
        ALTER TABLE "users" ADD "burst" BOOL;
        ALTER TABLE "users" ADD "blocked_at" TIMESTAMPTZ;
        COMMENT ON COLUMN api_keys."scope" IS 'USER: user\nADMIN: admin';
        CREATE INDEX IF NOT EXISTS "idx_audit_admin" ON "audit" ("id") WHERE action LIKE 'admin.%';
        CREATE INDEX IF NOT EXISTS "idx_jobs_created_7005f4" ON "jobs" ("created_at");
        CREATE INDEX IF NOT EXISTS "idx_jobs_failed" ON "jobs" ("created_at") WHERE state = 'failed';
        CREATE OR REPLACE FUNCTION notify_tariffs() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('tariffs', TG_ARGV[0] || ':' || (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1]));
            RETURN NULL;
        END $$;
        CREATE TRIGGER tell_tiers AFTER INSERT OR UPDATE OR DELETE ON "tiers"
            FOR EACH ROW EXECUTE FUNCTION notify_tariffs('tier', 'name');
        CREATE TRIGGER tell_pauses AFTER INSERT OR UPDATE OR DELETE ON "pauses"
            FOR EACH ROW EXECUTE FUNCTION notify_tariffs('pause', 'scope');
        CREATE TRIGGER tell_users AFTER UPDATE OF tier_id, weight, max_in_flight, burst, blocked_at ON "users"
            FOR EACH ROW EXECUTE FUNCTION notify_tariffs('user', 'id');"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER IF EXISTS tell_users ON "users";
        DROP TRIGGER IF EXISTS tell_pauses ON "pauses";
        DROP TRIGGER IF EXISTS tell_tiers ON "tiers";
        DROP FUNCTION IF EXISTS notify_tariffs();
        DROP INDEX IF EXISTS "idx_audit_admin";
        DROP INDEX IF EXISTS "idx_jobs_failed";
        DROP INDEX IF EXISTS "idx_jobs_created_7005f4";
        ALTER TABLE "users" DROP COLUMN "burst";
        ALTER TABLE "users" DROP COLUMN "blocked_at";
        ALTER TABLE "api_keys" DROP COLUMN "scope";
        DROP TABLE IF EXISTS "pauses";"""


MODELS_STATE = (
    "eJztXWtz27aa/isYzew4nVE8iZO4Oc7uziixkujUkb2y3PSc445EiZCEmAJ4CNCyttv/vg"
    "BIinea0JVi8aWNQbwE9QAE3+uDPxpzYkKLnrZs9AtcNi7AHw1szCH/R+JKEzQM2w7bRQMz"
    "Rpbsatho8ACXstEYUeYYY8bbJ4ZFIW8yIR07yGaIYNG7BXhfQCaAzSBo3XSagM7IAgOCx/"
    "AUDG0HTtDTEEwQNilArCn73X5tvTx7dx6ILWbEgsB2yCMUfU7FyCYZ86ERnu5qkHt8j4d0"
    "TGw4BIgCAwzHBMsfS09lMz29lVcvuKjB5D3kU9gQU/mILkb/duGAkSnkFx3+oP/6nTfzh4"
    "BPkAZ/2g+DCYKWGZsOZIobyPYBW9qy7e6uc/lZ9hQ/fzQYE8ud47C3vWQzglfdXReZp0JG"
    "XJtCDB2DQTMyUdi1LH9OgybviXkDc1y4elQzbDDhxHAtMd2N/5y4eCxmGciRxH/e/rf/aJ"
    "Fug0H3uj+4bfcHg0ZqdYhHSMyl38SxFisLYSaA+uNP774hILK1IQb49LXVe/Hm/CcJAaFs"
    "6siLEq7Gn1LQYIYnKkEPUZb/T+H8aWY42TgH/RNI8wddB+OgIQQ5fIUC+AKAdgBpY248DS"
    "yIp2zG/3z96lUBxr+2ehJm3kviTPhr4G0GXf/SmXdN4B3i6713KgiHEtvB+Pl1vD+Ez8sA"
    "fJ6P73kSXr7bDGYGnakAHJWp4TI+f1sC5PO3uSCLS3GQ5VafjXAbu3OJcoc/kcE/NSm0V8"
    "L7g7rhUugobsONu9t27wIIyXvcuvzW6V4Aw5wjnPzQHmadjx0oQBoYLD0Pl/wKQ3OYvdrj"
    "kolJMH3R0+Afx7j6+Q80r7G19Le2Auj7nW/t237r240Ybk7pvy2JX6vfFlfOZOsy0foiOU"
    "2rm4Dvnf5XIP4E/7zutpMf31W//j8b4pkMl5EBJouBYUZ24aA1QC0265ZB2YAvyXXmPSm7"
    "hZn3H7kqE38kEx1gUjjTDnwkD2vNc1xSz3KVZ1l8XQZqdk1EZJvGTXpS96kVrm/KCGtx8p"
    "BpyQQf/Tiyn4kD0RRziz6lpiTw9M3/O/82R4lo2BqO7xiLlXUdXU78p/MfDJmny7VuP7Uu"
    "2w0J8MgYPywMxxzEkBZXyBlJtKz6pi/Nz+bJFgMbU4mN+BXimQOfC2NwbrNGljvGv9Qs9M"
    "d4nUr6Y64x5OAsgcGAASicziFmp6DDKECm8HMIN0bXYPTlNzp92TGFdwTxi8ygDxzVGe/h"
    "kEXQUbSeUEBcNiJPabfMjsd63r/yRyOcA/6xsKDh6wSiH3zi1ialHJfVHIXul6dBAOtAOH"
    "Qk4P670pCyHGbxB/j+td1rA/5iMQg6XfDiJBjmpAlOHBdjjsXJT97a0q6ew7l63Pkoa4vs"
    "YJbj61kJJMAW+8sRGgpT8RAvz16//fnt+zfnb9/zLvJBVy0/FwDf6faTZrFY8GubxYHwHs"
    "3i4LVUNY177at267Z9eQGCO9zj3l232+l+4U3e+32PL7nSdAFMguE9/tzqXIn+EwNZovfV"
    "9W3/Alh8vd7jT63up/aVvDwW0FheD66f8R4+KIc3uPl3CrNMXS3fsRSVWWtaK6Z6JzA+e1"
    "8G5LP3+SiLa3GY+ZccPUIHQaqwL8WF9rc3vTqSjWlquwMK+SBmBqqfLWLk4JqQSwA7EYLH"
    "Bm0BbpfXdx+v2uCm1/7Uue1cd+PmorwomngD8nTkXrt1lXTL8b2AK7RroZ0hqxF/FnHxRX"
    "GdjM/u32+vu9lAR0SS7hE0ZuD/gIVoGZgrtjsXAC2wiPlEgj34xbfWb8nt+dPV9cekNilu"
    "8DGBfNR2SKH/nI8qJqqd0FXxWpVxQnNN1Vkv9BCX1K7JKrsmIYdwnTmOyukZrvIM/yAjRd"
    "9zKKFdzwnT33PkZeL5EU1zLZe43K4sl70meHi2y9/Ozt68+fns1Zvz9+/e/vzzu/evVkZM"
    "+lKRNfOx80UYNLG3xLNwClz/Pqxb8P7fhnc6rnkoGwCIr8DsGEBi19gCrH/37lJPSMNtsl"
    "IhFddErI2Zk53kGl5tFgZWRL9yUZXvMwJMZPqZoET+vwkMLFogPgXfRbtMqaHAJCKkMTaE"
    "7w/cN2Tr6enpPR9pgdgMDEdwwtfYUIoPjQmDzjAdW9nLiIoRFr4QygRWBKyDVX5RUVjF8K"
    "IOV51f2uDEe+z/OFGMpRR9ksp+ivyVX91Mw719iJoFMZaDRfifV5yPT8vylr6SB34loRM7"
    "yyR2uqMfcJyhN+UjHBGpIcRn796VwJj3ygVZXkvGOJiBLBWPZSixkcNyvShhGOkeuchi/O"
    "N5KoY9RLB7J35MbjKLT7PSthKK1C+ut/1t5biSlfeqpNTLTZwyyQ9j6lxyUK8g4yp7Tz5c"
    "ytqJdyg0eEzelb8bom/p6r453xv4kwEm7Q0sVHbigKnxCIFrA8ItkaF3R67myUI6keHltZ"
    "zQaPZXVlXfdm++5Xo8bVjsy7BYzbHKdysmVLtqsp0oa/L1UjQ5SFaOXB3UYW1xHOci5loG"
    "zTKc+/ApZ7MOJWqBcZFe1f6tX2xTrNSqq+vul6B70tBIVPkaS4sYGXtzPuIREQ35GpAfVe"
    "bgEWU1H5fxppN8jt56+2yMYSPDaJPtzSJbbcJ7lDbSROeA58RCI8dwllnmVlY3SYNiE7EM"
    "hsBwIJjwTQS8eGqC5U8AYWDPCCPARk/8AZsAzfnvfGnBCQNwKfo6lH0AwxF5kuaZkBIxJ5"
    "PNmmAG0XTGNFNKdaIPmimlTCnALphSHjzSpbLw+t1riO5OTAI2c+cjbCBroIhzSlAjXg5x"
    "ucUr6Kar/lotzVBLvS+lApyhgMYzA0+ujqhEJP3u+w9H1qiAwtMgVVAPJTTwGwBPxySrYq"
    "igNmslsc+KrMMgvpUyOO0z+Iv4DOJe5jl5XLMeLCqpy0aqXDaiOYs0Z9FOEd0lZ1G8+mnl"
    "L0wkMfiin3/pQcvISSANCxkCv+SRfYjy0I6/7LaISW2I0Z0dBLaOctdOI7RT7zfEOe5viJ"
    "/1f4suJR3gfeHP5qoIdATLN4Vg4XB9joIxcTG7AIRrKNLnPSOW6ON7wGfchoaUgSEjDxAP"
    "RbMBhuJJh2BuLAM+GLAgzkPam76nMTfwnB/Wp1uhXJo3ZyUcYG/Ocv1f4lKx+1zOZsbGUp"
    "BBthKpkwfnEJWShwnsdUw4twnjm9SyB7lBHX/1cjsVbnko7D5wZH+F/c/AdMH3GUb4huJA"
    "vigo89IqR1zhErmVkYd5ybWvJpiiR4iBMeWTKMTE9kT58wfS2VvebobJ2OX+FVWNhHf+d5"
    "3LWZV3sGgrrLJJVRU7WaFMTAcOdxnGmvDxoWM7KKu+Ph/lhFgN0d5BciwzmKuSzhYKrKUh"
    "Vcz+2n6Iy8zYGPIzMoP+dSjx2nc25nFFAHTJ17EnDQpCkQxrwucZybcffpCRAkm45w7zCC"
    "II/5s4YC50eOlIFJl/WQexlRWUWYUMhYVbHsO3gyYTwRZO3dEcSQaJJhgS+Vh0KPsIXfCE"
    "gvGMIH63pshNtAycPqFtDk1knN7Ia+JJiMtkcZhPAUP5fbkJwjEaZsm15aVbG46HH+7xxO"
    "FAcwnvBwiOjC83d8CnrpQ5kdSdU0AeueEjKIBXg5T00MRMmciW8LvYZMI1kbj0HM2GmO2B"
    "i7kugujM4z0uotrwGMz5S++xmIvfIRjMPRJj8a8VX7FgM088WTCIyqM9QI/Yvuih+H2QI2"
    "8LOrege3d1lRp6DVC831QOkP9aQSBGjg+nc1IPmpPqbx8qinlEpIZK+bb8mEfM8s67uuoc"
    "7/9z174TlOye9D3+3ur0Jb/7wkBM8runGd+/tXtfZMscOlPZ4nO7y0Z/s3yWGz6LDz75US"
    "2VlLx1Dnh+Z4SV4gOhhH63SrxbNiEZvCgFR2P6/ff4NgX/PFKEfcUxDXJ+0mFERLPPFBvK"
    "6ySBcnVcZTaC/pq5fH3MPStHBfVQQuO+Qd6tbwNyw48ZGRv9czS5EUF9yEfq9KEAI6FVrY"
    "NtIKehTULrOTuUV21STPvk86BVBlWv00wwhTNuQBeGbcMMH0A+pkk5DW0WtAP1xRqX0rDq"
    "k6nWUca2UZLD1TL+uKrFvnGpOgRC98K2JEGj6H8z9LCirKqEYI30hb0kWEWMagc+IrhQXe"
    "0JMb3cSy13SlyHf+bWxDxbWkNfCnphcENHeZnHpDTU5dLe9DmDB/IaYTLw9Gji4qw0ZUIs"
    "aOCc+oykbGIiRn4AYReK4qplv3Pw8fr6KjYHHzvJfK27bx/bvRevf4orjenPKMQmfwgVgy"
    "cioY0dzaT3V02K08dlbriJVWmSA0wKZzma7aU4zQlRPc9Vnucw+051muOSeparPMteuq5q"
    "SVZUSPNcxHWfKpe4HQeamjWkENHNWUPSG8A2MC3LfXGsqEY3vRiuPb4L9zqf+uXoWAzG4N"
    "zOYsNTYRppeXc5QgOoFBuL5qwpg1KQ0LIZSFs9+LkaIO24/iqPtz2y3ArrsAYK9O3fZ2g8"
    "A5KbfUpkBZVkV+B3+QCGNnQowUMgnoMKppk5QAw40LbEAE356GAODZG0DuAjdJYEw6zThH"
    "cyhj5xq9JBxPzaGm/KlQItK4n6BVm2X+0uHfVqJkJERJsIf6Z0BTUwQwmNZaG59cMrKt7Q"
    "MvBLk48Sz2fNgnAtPW9rTXzlYEM8t6fSVhHQyE6nbGXtUu+7dtmIPH3zziTN0v7iHQp1QC"
    "K7llMAw3NQBYcgg1gU0cuCecfA1Dv23ScZhJMJHDNxDipg0LIoIJMPsqvDjYAlsN2RJfzv"
    "NLN4f0fjyFp/Kti8+JpeFfsTx6c99PvyZ2iCoWADEFfVj26NFYUHo5UpCfdmYuBi6ptAhU"
    "XhvE9RNbp/XWFc1VGv+/7IuZrz6scr6c9RKa1Fb0eL1jwAu9D29DGqe0m306d6FkX5NI+U"
    "zpm52E7OjK8yKE55REzH16sWX08Z1IcxWG4Ml2YaKt6FQgPFFl1Keqi7hAn9HWC4EOq9n8"
    "sFJsQBBhCcO01BAib/xEvBNMitCOhAMKRjYnsmQYSCSwjQ0/av7d4/+l873S/DtKWyjwE3"
    "8F3LUZT0k0BAc6snNJPnudUxyaMoykuT3jsr0a706YQaWOpg0rOCg0nP0geTHiyX5Xi+SA"
    "qmi9bw/ioaXkU0gCCyn6EDRIL++VpANL+gjKPSMfAUeqeW/CCjEwrksgRD2Z7H0uk/SU/2"
    "+QCGD3C5chMuEMaS8ZNICz7LabmXMTNPIAg9//KlSR1BEHMN+p1LeAZXLCVcKcDP+gYlTa"
    "Xk7PTZ6gRZp39OjOTq1CH2ajoH5ZJJTUA++kH/Oh0Is7V6I/myp9HML1hcCejTZTdhuTo2"
    "glB/j1TUyBsZjKDtq3brVhB3BnvtsTJ9Bumog7mRRRSXuyGl5HQVZKqolHJdhP/2tXhfso"
    "T1kcxl+F/2eChOxczUfVBgKFO9aI6X9XTHwzHHVRP07XLHqaAZ9NdgVoktrubAmsZcOnXK"
    "gxqR0IBWjYCvYuDuWAXTFEKHMsmrmwxfFdhrkw1fiVK7pmI6vK6QrWhZ460Xkmhkxoq8S8"
    "3iWJEf0miWixVZZPoSYTBxyFyGXWz+WKdAhADln7dfWy/P3p2LwI74c0zIA4IiuiMORheh"
    "GnGAWFY8aGv33SADRN5sMDPoTMUREZeqXS7Itsro8mMqY+pMBhJFFdjjUrVIXd11/aJOZM"
    "iHvl6JDGlCKLo2IRSt7UG3RzLJuQmrlUj5Op451fRFh6UvOkwyVR9JJTClHcv2QtVYZhiX"
    "1Yu9Y5A/pDOUxTg3xELj5RBQYymoOAwGoDGeAe9VlCQc3gnF4iMkEp8cssjSkXcyxgb6sv"
    "y/gsoW9K+djrz7fGmGmKWE9UpAa8YlNOMF38hnGfpRgX85FNHh/TK+ZTGDCA8mVjbSueGR"
    "lJzOpMuIkoxch2agWkg9v5LRlPMKlPNiPc5ytovCRTzL2zD0Cg4gmtgq0eiIhEY0B9F1Iq"
    "cJOf15K/t5Gy1ZJvNlQZZVTKxOq3jPuVYCxx9kpLp9BCJ1Qn572fncgMfiIQYmtykVkE0L"
    "anwz8HVtc013fFxSu+Mr7KldBYBL1hXGnY4bxtK353CsfyDd50HP8BSGDOn5vkKPZby0t/"
    "ARmZAItgMbjZnrQMAIWBDnARAsSRBkBHxGeKuskJQUv4sZsqDgbjMcBz1CmuUh3Mp9JfUb"
    "mUwoZEMwJi6fFSB1FEAZcXzGhikh5gcwnPOJR7bh8J4PENo+S5yswPR6n1DgYQOQ2fQj+w"
    "7zXJH8r3ss8syDsD4zkMX/YTBZ1EkIoDPiMPEjRpA/rpDkYyI8IXkVot/EfzuiQ0nn5r+i"
    "futImPN3pQJMzQ+2XpF9AZex63AJJZdnRKSGTs/3JXye73Ndnu9TXMb8pVf130dlaojwTg"
    "pvxAYlSJ8kUApYJ+XqV+f0uhTzyesC5pPXaeaTPdc5VW5BH8T49nQFNdhDmdoUoO4Z9aOr"
    "4g6IMVRKuK9v2t0LICTv8U3v+qMs57YdMvLLuVuX/7iQIe2l+OvznV/bPXFlaXf7t5tOT7"
    "T4R9slNeZS29TWS7f3WOhauf1p9x/clUWSxji/iiUmpOtY1q9jEbaZCvBBf435+pjrqq1D"
    "IW+R8YOKMyDorxn20jhCc+BihixVX3hSVvPqVsf5nU5T1iUI+brRccY8ypQg6EhX3WY9L9"
    "KlC0/+ajv6wQ7Fe/4rXZEp1YeQ6yqeqiC63UPI93swXiVf+LXPxePjR84Eey4ZJDu3TfFM"
    "7SNUjw6TCkKzS8aCN78gDYQqlIyNXcrIHDqnYOgVkwybYBgrdxjKNImhTNQfAvIIHQeZ0E"
    "uVQJLs2jshg8JMToXtDiDSQlpg5NnbQPxSkYPh+9q9E6Rl56a8J/YP+yATMOPdwvM+dnHE"
    "tE6/2Hb6BZwbWa6Y/CjFSqB2xX1n78qUm/FeBVGKVMGZbVC6IHyjUmUbSQnWLzFgJ2GhQ1"
    "T4VQzlWhf4VQzrGtT3VQzR/VT3ITowzDnKYCIqhDoqpqspFfD21ck1fIRxSR31qbKPUEd9"
    "8j8Ux+n/LxP1ERZkpjOziLUiz5m5tXynY2cJKXBwMrQVB2fAjHNcWJf1x0WWWMwf1+PLvd"
    "f51C/JdWqjwQPMqopU4jq10S9edt+R7Vq5brkShP0qAJX0DB8lPNqlWwBOlJZ2fYAiDLh1"
    "BClSdLhBjeiqurGOEC3gaEbIwwBi0yYIb0pO/d27Xdu/W51Q22VAxYftElpIhAkaGbGVZJ"
    "dmUZglmFXT643KHnl+jaEIVGAmS1iJ+MufyWZQkCqIqEXQAjHKceF3vgAGvyrqJVzaBHNk"
    "WcgnRxEydAEdUVgLHYc46RjMPgbMPOQ0GMbXdOQzyINMdZilUmGWYF4UsI7K6KMfkmf3Pa"
    "5TbBmXqmGlzfYZE21jGegNcZT78CnH0R8RqQXERa6a9m/9mJcmVW2w8tRcXXe/BN2TJQhH"
    "XvBn86/QGse23rS7l16dnyd/jy/bV51f27KSz//ki+q++GGtyW9vmddi+7V9LFBGylbirA"
    "T2f6Jx5AM6cpHFEKanYrxDfEN3Up6j3c7570F93c4ThBGdrTXtCVEdVKpyUClh4pRWn+Ni"
    "Ome6MKQAI56ODcMKO/GdVDHCkFhhVToMITkH+Y6Y6DQ974iJuddK5L5iwF90vgipx0MWJK"
    "qeUECXlMH5KRhSyD/CzOf5uuVry+S/HvhPJ877WjbBcDHj3QZeFuvIoPD8bUYe7I4H07ms"
    "FdjCmgVOFtdRymT1u9fCRE0kVr4qRbkkuuWnVr7KIF2Sb48KxqFEDWHeCbGVdFEpWZahhD"
    "Ytt25aQizgydi+C9MEI1J7zBIMNvWjTRLUdnz+zlNfO17Xwupa2MMachucaBciHY9Rb5x6"
    "EA2QH9ledZDUgxaHfjxrZBi6/pVmkX1rhH2eM2rzYdiygZhbSJO58WV4WvylvplhWPnamX"
    "x7kL8+QVZYWXslIlJDg2UnBXfipVJA2O9eQ3R3Yg769NAq9mBEZP8G4WH0o62ZfilNap/u"
    "2z//H7C/OMc="
)
